/** Functions of the shell that a command may need, in the order in which they are written. */
const HELPERS = {
  success: `success() { [ "$JOB_STATUS" = success ]; }`,
  failure: `failure() { [ "$JOB_STATUS" = failure ]; }`,
  cancelled: `cancelled() { [ "$JOB_STATUS" = cancelled ]; }`,
  lower: `lower() { printf %s "$1" | tr '[:upper:]' '[:lower:]'; }`,
  same: `same() { [ "$(lower "$1")" = "$(lower "$2")" ]; }`,
  contains: `contains() { case $(lower "$1") in *"$(lower "$2")"*) ;; *) return 1 ;; esac; }`,
  begins: `begins() { case $(lower "$1") in "$(lower "$2")"*) ;; *) return 1 ;; esac; }`,
  ends: `ends() { case $(lower "$1") in *"$(lower "$2")") ;; *) return 1 ;; esac; }`,
  number: `# As numbers: an empty text is 0, and what is no number is not equal to any.
number() {
  awk 'BEGIN {
    a = ARGV[1]; op = ARGV[2]; b = ARGV[3] + 0
    if (a !~ /^[ \\t]*([-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?)?[ \\t]*$/) exit 1
    a += 0
    exit !(op == "=" ? a == b : op == "<" ? a < b : op == "<=" ? a <= b : op == ">" ? a > b : a >= b)
  }' "$@"
}`,
  unknown: `unknown() { echo "only GitHub knows $*: write its value in its place, and take this line out" >&2; exit 1; }`,
  pairs: `# Hands the pairs of the file $1 to the function $2: NAME=VALUE, or NAME<<END and lines up to END.
pairs() {
  [ -f "$1" ] || return 0
  while IFS= read -r _line || [ -n "$_line" ]; do
    [ -n "$_line" ] || continue
    _name=\${_line%%=*} _value=\${_line#*=}
    case $_name in
      *'<<'*)
        _name=\${_line%%'<<'*} _end=\${_line#*'<<'} _value= _break=
        while IFS= read -r _line && [ "$_line" != "$_end" ]; do
          _value=$_value$_break$_line _break='
'
        done
        [ -n "$_name" ] && [ -n "$_end" ] && [ "$_line" = "$_end" ] ;;
      "$_line") false ;;
    esac || { echo "neither NAME=VALUE nor NAME<<END with a line END: $_name" >&2; return 1; }
    "$2" "$_name" "$_value"
  done <"$1"
}`,
  setenv: `setenv() {
  case $1 in
    GITHUB_TOKEN) export "$1=$2" ;;
    GITHUB_* | RUNNER_* | JOB_STATUS | _*) ;;
    NODE_OPTIONS | '' | [0-9]* | *[!A-Za-z0-9_]*) echo "$1 cannot be set by \\$GITHUB_ENV" >&2 ;;
    *) export "$1=$2" ;;
  esac
}`,
  output: `# Keeps the output $2 of the step that ended in the variable $1.
output() { _variable=$1 _wanted=$2; pairs "$GITHUB_OUTPUT" keep; }
keep() { if same "$1" "$_wanted"; then export "$_variable=$2"; fi; }`,
  handon: `# Hands $2 on as the output $1 of the node. No value has the line that ends it.
handon() { [ -z "$2" ] || printf '%s<<%s\\n%s\\n%s\\n' "$1" "$_temp" "$2" "$_temp" >>"\${REPRISE_OUTPUT:-/dev/null}"; }`,
} as const;

export type Helper = keyof typeof HELPERS;

const NEEDED: { readonly [K in Helper]?: readonly Helper[] } = {
  same: ['lower'],
  contains: ['lower'],
  begins: ['lower'],
  ends: ['lower'],
  output: ['pairs', 'same'],
  setenv: ['pairs'],
};

/** Files that a step writes for the runner, by the variable that names each. */
export const RUNNER_FILES = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'] as const;
export type RunnerFile = (typeof RUNNER_FILES)[number];

/** What the steps of a command need around them. */
export interface Needs {
  /** Some step asks how another one ended, or hands something on to it. */
  readonly isTold: boolean;
  /** Some step runs after a cancellation too. */
  readonly outlivesCancel: boolean;
  readonly helpers: ReadonlySet<Helper>;
  readonly files: ReadonlySet<RunnerFile>;
  /** Some step may fail. */
  readonly hasMayFail: boolean;
  /** Values of variables of the runner, as words of the shell. */
  readonly variables: ReadonlyMap<string, string>;
}

/** What stands before the steps. */
export function prelude(needs: Needs): string[] {
  const { isTold, outlivesCancel, files, variables } = needs;
  const exported = [...variables].filter(([, word]) => !word.includes('$('));
  // What is found out may fail, and is not there then: who needs it says so.
  const found = [...variables].filter(([, word]) => word.includes('$('));
  return [
    '# Each step is a process of its own, as on GitHub.',
    ...(isTold ? [] : ['set -e']),
    'exec </dev/null',
    '_temp=$(mktemp -d) || exit',
    `trap 'rm -rf "$_temp"' EXIT`,
    ...(outlivesCancel ? ["trap 'JOB_STATUS=cancelled _exit=143' HUP INT TERM"] : []),
    `export ${['RUNNER_TEMP="$_temp"', ...exported.map(([name, word]) => `${name}=${word}`)].join(' ')}`,
    ...found.map(([name, word]) => `if ${name}=${word}; then export ${name}; else unset ${name}; fi`),
    ...(files.size === 0
      ? []
      : [
          `export ${inOrder(files)
            .map((name) => `${name}="$_temp/${name}"`)
            .join(' ')}`,
        ]),
    ...(isTold ? ['export JOB_STATUS=success; _exit=0'] : []),
    ...helpersOf(needs),
    ...stepFunction(files, isTold),
    ...(isTold ? endedFunction(needs) : []),
  ];
}

/** What stands after the steps. */
export function epilogue({ isTold }: Needs): string[] {
  return isTold ? ['', 'exit "$_exit"'] : [];
}

function inOrder(files: ReadonlySet<RunnerFile>): RunnerFile[] {
  return RUNNER_FILES.filter((name) => files.has(name));
}

function helpersOf({ helpers, files, isTold, outlivesCancel }: Needs): string[] {
  const wanted = new Set<Helper>(helpers);
  if (isTold) wanted.add('success');
  if (isTold && outlivesCancel) wanted.add('cancelled');
  if (files.has('GITHUB_ENV')) wanted.add('setenv');
  if (files.has('GITHUB_OUTPUT')) wanted.add('pairs');
  // What is added is gone through too.
  for (const name of wanted) for (const other of NEEDED[name] ?? []) wanted.add(other);
  return (Object.keys(HELPERS) as Helper[]).filter((name) => wanted.has(name)).map((name) => HELPERS[name]);
}

function stepFunction(files: ReadonlySet<RunnerFile>, isTold: boolean): string[] {
  const emptied = isTold ? inOrder(files).map((name) => ` && : >"$${name}"`) : [' || exit'];
  return [`step() { _step=$_temp/step$1; cat >"$_step"${emptied.join('')}; }`];
}

function endedFunction({ files, outlivesCancel, hasMayFail }: Needs): string[] {
  const read = [
    ...(files.has('GITHUB_ENV') ? ['pairs "$GITHUB_ENV" setenv'] : []),
    ...(files.has('GITHUB_OUTPUT') ? ['pairs "$GITHUB_OUTPUT" :'] : []),
  ];
  return [
    '# How the step ended, and what that means for those after it.',
    'ended() {',
    '  _code=$? _outcome=success _conclusion=success',
    ...read.map((line) => `  ${line} || [ "$_code" != 0 ] || _code=1`),
    ...(files.has('GITHUB_PATH')
      ? [
          '  while IFS= read -r _line || [ -n "$_line" ]; do PATH=$_line${_line:+:}$PATH; done <"$GITHUB_PATH"',
        ]
      : []),
    '  [ "$_code" != 0 ] || return 0',
    ...(outlivesCancel
      ? [
          '  if cancelled && [ "$_code" -gt 128 ]; then _outcome=cancelled _conclusion=cancelled; return 0; fi',
        ]
      : []),
    '  _outcome=failure',
    ...(hasMayFail
      ? ['  if [ "$1" = may-fail ]; then echo "this step failed, the job goes on" >&2; return 0; fi']
      : []),
    '  _conclusion=failure',
    '  if success; then JOB_STATUS=failure _exit=$_code; fi',
    '}',
  ];
}
