/** A name and words in which a shell finds nothing to expand, quote, redirect or assign. */
const PLAIN = /^ *([\w./-]+|:)(?: +[\w./:=@%+,-]+)* *$/;

/**
 * What shells do themselves when it is the first word, other than to answer (`echo`, `test`, `true`): it could end
 * or change the shell, or is no command alone. POSIX shell command language 2.4 and 2.15, intrinsic utilities
 * (https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap01.html), and those of bash, ksh, ash and zsh.
 */
const OF_THE_SHELL = new Set(
  `. alias autoload bg bind break builtin bye case cd chdir command continue coproc declare dirs disable disown do done
  elif else emulate enable esac eval exec exit export fc fg fi for foreach function getopts global hash hist history if
  in jobs kill let local login logout mapfile newgrp nocorrect noglob popd pushd read readarray readonly rehash repeat
  return select set setopt shift shopt source suspend then time times trap type typeset ulimit umask unalias unset
  unsetopt until wait while -`.split(/\s+/),
);

/** Whether a command is one program with plain words, which a shell starts without a trace in itself. */
export function isPlain(command: string): boolean {
  const name = PLAIN.exec(command)?.[1];
  return name !== undefined && !OF_THE_SHELL.has(name);
}
