import { existsSync } from 'node:fs';
import { programOf } from './as-text';

/** A program that starts processes as `launcher.ts` asks for them: what to run, with which arguments. */
export type LauncherProgram = readonly [file: string, ...args: string[]];

/**
 * The launcher in Perl, which a fork copies in a third of the time that Node.js takes, and which is up at once.
 * - `setsid`: each process has a session and a group of its own, as Node.js gives it with `detached`.
 * - `$bell`: a signal that comes just before `select` must not be slept through.
 * - Every file it opens is closed when another program takes over (`$^F`).
 */
const PERL = `
use POSIX ();
my ($in, $out, @waiting, %running) = ('', '');
my $append = POSIX::O_WRONLY() | POSIX::O_CREAT() | POSIX::O_APPEND();
pipe my $heard, my $bell;
$SIG{CHLD} = sub { syswrite $bell, '.' };
sub begin {
  my ($id, $cwd, $stdout, $stderr, $count, @rest) = @_;
  my $pid = fork;
  if ($pid) { $running{$pid} = $id; $out .= "started $id\\n"; return }
  if (!defined $pid) { $out .= "lost $id\\n"; return }
  my @argv = splice @rest, 0, $count;
  POSIX::setsid();
  %ENV = map { split /=/, $_, 2 } @rest;
  open my $answers, '>&', \\*STDOUT;
  open STDIN, '<', '/dev/null'
    and sysopen STDOUT, $stdout, $append, 0600
    and sysopen STDERR, $stderr, $append, 0600
    and chdir $cwd
    and exec { $argv[0] } @argv;
  syswrite $answers, "lost $id\\n";
  POSIX::_exit(127);
}
for (;;) {
  my $ready = '';
  vec($ready, 0, 1) = vec($ready, fileno $heard, 1) = 1;
  $ready = '' if select($ready, undef, undef, @waiting ? 0 : undef) < 0;
  sysread $heard, my $rings, 4096 if vec $ready, fileno $heard, 1;
  if (vec $ready, 0, 1) {
    my $length = sysread STDIN, $in, 65536, length $in;
    exit unless $length || !defined $length && $! == POSIX::EINTR();
  }
  while (length $in >= 4 && length $in >= 4 + (my $size = unpack 'N', $in)) {
    push @waiting, substr $in, 4, $size;
    substr($in, 0, 4 + $size) = '';
  }
  begin(split /\\0/, shift @waiting, -1) if @waiting;
  while ((my $pid = waitpid -1, POSIX::WNOHANG()) > 0) {
    my $id = delete $running{$pid};
    $out .= "exited $id $pid " . ($? & 127 ? '-' : $? >> 8) . "\\n";
  }
  while (length $out && (!@waiting || length $out > 512)) {
    my $length = syswrite STDOUT, $out;
    exit unless $length || $! == POSIX::EINTR();
    substr($out, 0, $length || 0) = '';
  }
}
`;

/** The same in Node.js, which is given its text: it may use nothing of this module. */
function launch(): void {
  const { spawn } = process.getBuiltinModule('node:child_process');
  const { closeSync, openSync } = process.getBuiltinModule('node:fs');
  const waiting: string[] = [];
  let input = Buffer.alloc(0);
  let answers = '';
  let isDue = false;

  /** One start a turn, so that between two of them it is noticed what has ended. */
  function next(): void {
    isDue = false;
    const request = waiting.shift();
    if (request !== undefined) begin(request.split('\0'));
    // Every message wakes up its reader, who has better things to do while there is more to start.
    if (waiting.length === 0 || answers.length > 512) {
      process.stdout.write(answers);
      answers = '';
    }
    if (waiting.length > 0) wake();
  }
  function wake(): void {
    if (!isDue) setImmediate(next);
    isDue = true;
  }
  function answer(line: string): void {
    answers += `${line}\n`;
    wake();
  }
  function begin([id, cwd, stdout = '', stderr = '', count, ...rest]: string[]): void {
    const files: number[] = [];
    const [program = '', ...args] = rest.splice(0, Number(count));
    const env = Object.fromEntries(rest.map((text) => text.split(/=(.*)/s)));
    try {
      files.push(openSync(stdout, 'a', 0o600), openSync(stderr, 'a', 0o600));
      const child = spawn(program, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env,
        detached: true,
        stdio: ['ignore', files[0], files[1]],
      });
      child.once('error', () => answer(`lost ${id}`));
      child.once('spawn', () => answer(`started ${id}`));
      child.once('exit', (status) => answer(`exited ${id} ${child.pid ?? 0} ${status ?? '-'}`));
    } catch {
      answer(`lost ${id}`);
    }
    for (const file of files) closeSync(file);
  }
  process.stdin.on('end', () => process.exit(0));
  process.stdin.on('data', (bytes: Buffer) => {
    input = Buffer.concat([input, bytes]);
    while (input.length >= 4 && input.length >= 4 + input.readUInt32BE()) {
      const end = 4 + input.readUInt32BE();
      waiting.push(input.toString('utf8', 4, end));
      input = input.subarray(end);
    }
    wake();
  });
}

/** It lives by system calls: what V8 would collect and optimise at leisure costs the cores that commands run on. */
const SMALL = ['--max-semi-space-size=1', '--no-opt'];

export const NODE_LAUNCHER: LauncherProgram = [
  process.execPath,
  ...SMALL,
  '-e',
  programOf({ launch }, 'launch()'),
];

/** Where a system has its own Perl. What a PATH leads to is anybody's. */
const SYSTEM_PERL = '/usr/bin/perl';

export const PERL_LAUNCHER: LauncherProgram = [SYSTEM_PERL, '-e', PERL];

/** The smallest that this machine has. */
export function launcherProgram(): LauncherProgram {
  return existsSync(SYSTEM_PERL) ? PERL_LAUNCHER : NODE_LAUNCHER;
}
