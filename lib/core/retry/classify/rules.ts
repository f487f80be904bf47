import type { FailureClass } from '../../model/failure';

/** A wording that leaves no doubt, unless a rule of another class matches too. */
export interface Rule {
  readonly name: string;
  readonly class: FailureClass;
  /** Matched against the normalised message: numbers other than statuses and exit codes are `<n>` there. */
  readonly pattern: RegExp;
  /** Counts before the others: a comparison is an assertion, whatever is compared. */
  readonly outranks?: true;
}

const rule = (name: string, of: FailureClass, pattern: RegExp): Rule => ({ name, class: of, pattern });
const comparison = (name: string, pattern: RegExp): Rule => ({
  ...rule(name, 'assertion', pattern),
  outranks: true,
});

export const RULES: readonly Rule[] = [
  rule(
    'errno of a connection',
    'network',
    /\b(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EPIPE|ETIMEDOUT|ENOTCONN|EPROTO)\b/,
  ),
  rule(
    'browser has no connection',
    'network',
    /\bnet::ERR_(?!INVALID_AUTH|ABORTED|FAILED|INSUFFICIENT|OUT_OF|BLOCKED|CACHE|FILE)|\bNS_ERROR_(?:NET|UNKNOWN_HOST|CONNECTION|PROXY)/,
  ),
  rule('connection refused', 'network', /connection ?refused|actively refused it/i),
  rule(
    'connection broke',
    'network',
    /connection (?:was )?reset|reset by peer|broken pipe|socket hang up|unexpected eof|forcibly closed|typeerror: (?:fetch failed|failed to fetch|load failed)|remote end closed|closed by remote host|server has gone away|empty reply from server/i,
  ),
  rule(
    'name does not resolve',
    'network',
    /no such host|name or service not known|getaddrinfo|could not resolve host|unknown ?host(?:exception)?\b|temporary failure in name resolution|nxdomain/i,
  ),
  rule(
    'no route',
    'network',
    /no route to host|network is unreachable|network unreachable|host unreachable/i,
  ),
  rule(
    'TLS handshake',
    'network',
    /(?<!PKIX[^\n]{0,200})(?:tls|ssl) ?handshake|handshake_failure|handshake (?:failed|timeout|failure|error)|ssl_error_syscall|wrong version number/i,
  ),
  rule(
    'time limit named in the error',
    'timeout',
    /\bTimeoutError\b|\bTimeoutException\b|TestTimedOut|ReadTimeout|deadline_?exceeded|deadline exceeded|exceeded timeout of|read timed out|timeout of <duration> exceeded|test timed out|timeout <duration> exceeded|timed out (?:after|waiting|in) |task timed out|ESOCKETTIMEDOUT|operation timed out/i,
  ),
  rule(
    'maximum time exceeded',
    'timeout',
    /(?:exceed(?:ed|s)?|past) (?:the |its |a )?(?:maximum |max )?(?:execution |build |run(?:ning)? )?time\b|exceeded (?:the )?timeout|maximum (?:execution )?time of|ran longer than|took longer than|took too long/i,
  ),
  rule(
    'still not as awaited',
    'timeout',
    /(?:still|never) (?:not )?\w+ (?:after|within) <duration>|(?:not|never) [\w ]{1,30} (?:within|after) (?:waiting )?<duration>|(?:after|for) waiting <duration>/i,
  ),
  rule('exit status of timeout(1)', 'timeout', /(?:exit(?:ed)?|status|code)[^\n]{0,20}\b124\b/i),
  rule(
    'HTTP 429',
    'rate-limit',
    /(?<!(?:expected|want|got|received|found)[^\n]{0,20})\b429\b(?![^\n]{0,30}(?:expected|equal))|too ?many ?requests/i,
  ),
  rule(
    'throttled',
    'rate-limit',
    /\bthrottl(?:ed|ing)\w*|rate[- _]?limit(?:ed|s|ing)?(?:[- _]?(?:exceeded|reached|error|hit))?\b|rate ?exceeded|ratelimit|slow ?down\b|secondary rate limit|requests? per (?:second|minute|hour)|throughputexceeded/i,
  ),
  rule(
    'HTTP 5xx',
    'dependency',
    /\b50[0234] (?:internal|bad|service|gateway|server|backend)|bad gateway|service (?:is )?(?:temporarily |currently )?unavailable|gateway time-?out|internal ?server ?error\b|(?:status|status code|http|error|returned|responded|answered|code)[ :=#(['"]{1,3}(?:with )?(?:http )?(?:status )?(?:code )?50[0234]\b/i,
  ),
  rule(
    'service not ready',
    'dependency',
    /database system is (?:starting|shutting|in recovery)|is starting up|no healthy upstream|upstream connect error|not (?:primary|master)\b|node is recovering|no leader|leader ?not ?available|initialization or shutdown in progress|under maintenance|in maintenance|maintenance mode|no live upstreams|loading the dataset/i,
  ),
  rule(
    'breaker is open',
    'dependency',
    /circuit(?: ?breaker)?[^\n]{0,25}(?:is )?(?:now )?open\b|brokencircuit|callnotpermitted/i,
  ),
  rule(
    'no disk space',
    'infrastructure',
    /no space left on device(?!.{0,30}(?:inotify|semaphore|watch))(?<!(?:shared memory|inotify|semaphore)[^\n]{0,80})|not enough (?:disk )?space|disk quota exceeded|out of disk|insufficient disk|insufficient_storage/i,
  ),
  rule(
    'browser is gone',
    'infrastructure',
    /target (?:page, context or browser has been )?closed|(?:target|page|tab|browser|renderer|chrome(?:headless)?|session)\b[^\n]{0,25}crash(?:ed)?\b|devtoolsactiveport|invalid session id|chrome not reachable|browser (?:has )?(?:been )?(?:closed|disconnected|quit|died)|failed to start: (?:crashed|exited)|session deleted/i,
  ),
  rule(
    'runner is gone',
    'infrastructure',
    /(?:runner|agent|node|worker|executor|instance|vm)\b[^\n]{0,40}(?:lost communication|has received a shutdown|went offline|is offline|disconnected|preempted|evicted|reclaimed|not ?ready\b|is not ready|lost\b)|spot (?:instance )?interruption|stopped hearing from|lost communication with|system failure|node lost|nodelost/i,
  ),
  rule(
    'no display',
    'infrastructure',
    /(?:cannot|could ?n[o']t|unable to|failed to|missing)[^\n]{0,30}(?:display|x server|xvfb)|xvfb[^\n]{0,20}fail|no display/i,
  ),
  rule('docker daemon', 'infrastructure', /cannot connect to the docker daemon|docker daemon running/i),
  rule(
    'port taken',
    'infrastructure',
    /EADDRINUSE|address already in use|port (?:<n> )?is already (?:allocated|in use)/i,
  ),
  rule(
    'forked process died',
    'infrastructure',
    /vm terminated without|node down: not properly|process crashed|worker (?:process )?(?:exited|terminated) unexpectedly|daemon disappeared/i,
  ),
  rule(
    'out of memory',
    'resource',
    /out ?of ?memory|outofmemory|\boom[- ]?kill|oomkilled|heap (?:space|limit|out)|\bENOMEM\b|memoryerror|bad_alloc|cannot allocate memory|failed to allocate|could not allocate (?!space)|unable to allocate (?:\w+ )?(?:memory|array|<size>)|memory size of [^\n]{1,40} exhausted|cannot allocate/i,
  ),
  rule('killed for memory', 'resource', /(?:exit(?:ed)?|status|code|value)[^\n]{0,20}\b137\b|memory limit/i),
  rule('out of handles', 'resource', /\bEMFILE\b|\bENFILE\b|too many open files|file watchers/i),
  rule(
    'out of processes',
    'resource',
    /can't start new thread|native thread|pthread_create|uv_thread_create|fork: (?:retry|cannot)|fork failed|resource temporarily unavailable/i,
  ),
  rule(
    'stack exhausted',
    'resource',
    /maximum call stack|stack ?overflow\b|stack level too deep|maximum recursion depth/i,
  ),
  comparison(
    'assertion of a library',
    /\bexpect\((?:received|locator|page|element|jest\.fn\(\)|actual|value)\)|(?:AssertionError|AssertionFailedError|AssertError|ComparisonFailure|Assertion)\b[^\n]{0,80}(?:expected|!=|not found in|assert )|assert\.\w+(?:\(\))? fail|failed asserting|wanted but not invoked|assertion (?:`|')?left|XCTAssert\w+ failed|Expected:? (?![^\n]{0,30}\barguments?\b)[^\n]{1,80}\s(?:Received|But was|Actual|got):? |expected:<|did not raise/,
  ),
  comparison(
    'expected status, got another',
    /(?:expect(?:ed|s)?|want)\b[^\n]{0,60}(?:<n>|\b[1-5]\d\d\b|success)[^\n]{0,60}(?:got|received|actual|but|found)\b[^\n]{0,40}\b[1-5]\d\d\b|\b[1-5]\d\d (?:==|!=|was not equal to) (?:<n>|[1-5]\d\d\b)|(?:got|received|returned)[^\n]{0,20}\b[1-5]\d\d\b[^\n]{0,30}\bexpect(?:ed|s)?\b|\bexpected (?:error|message|text) "/i,
  ),
  rule(
    'picture or snapshot differs',
    'assertion',
    /snapshot[^\n]{0,30}(?:failed|mismatch|differ)|toMatchSnapshot|pixels? [^\n]{0,30}differ|screenshot[^\n]{0,30}(?:differ|mismatch)|\(-want \+got\)/i,
  ),
  rule(
    'error of the code',
    'test-code',
    /\b(?:ReferenceError|NameError|AttributeError|IndentationError|NoMethodError|NullPointerException|NullReferenceException|UnboundLocalError|ClassCastException|IndexOutOfBoundsException|IndexError|ZeroDivisionError|InvalidSelector\w*|StaleElement\w*|UndefinedFunctionError|UndefVarError)\b|TypeError(?!: (?:failed to fetch|fetch failed|load failed|network|terminated|\[ERR_UNKNOWN))|is not a function|cannot read propert|nil pointer dereference|undefined method|undefined local variable/i,
  ),
  rule(
    'does not compile',
    'test-code',
    /cannot find symbol|\berror (?:CS|TS)(?:0103|1061|2304|2322|2345|1005)\b|error\[E\d+\]: (?:cannot find|mismatched|borrow)|: undefined: \w|declared and not used|imported and not used|unresolved reference|undeclared identifier|compilation error :/i,
  ),
  rule(
    'element of the page is misused',
    'test-code',
    /strict mode violation|stale element|element click intercepted|not interactable|element is not attached|invalid selector|no such element|unable to locate element/i,
  ),
  rule(
    'step or fixture undefined',
    'test-code',
    /undefined step|step definitions? for undefined|ambiguous ?step|fixture '[^']*' not found|no keyword with name|unfinishedstubbing|unnecessarystubbing/i,
  ),
  rule(
    'module not found',
    'configuration',
    /cannot find (?:module|package) ['"@]|no module named|modulenotfound|classnotfoundexception|noclassdeffound|cannot load such file|could not find a version that satisfies|module not found|ERR_MODULE_NOT_FOUND|err! code E404|\bERESOLVE\b/i,
  ),
  rule(
    'variable not set',
    'configuration',
    /environment variables?[^\n]{0,60}(?:not|missing|required|does not)|(?:missing|required) (?:required )?env(?:ironment)?\b|unbound variable|parameter null or not set|unset variable|is not set\b/i,
  ),
  rule(
    'unknown option',
    'configuration',
    /(?:unknown|unrecogni[sz]ed|bad|unsupported) (?:option|argument|flag|compiler option|cli parameter|command-line option|vm option|configuration)|unrecogni[sz]ed arguments|no such option/i,
  ),
  rule(
    'command or binary missing',
    'configuration',
    /command not found|executable doesn't exist|executable file not found|not recognized as (?:an internal|the name)|(?:exit(?:ed)?|status|code)[^\n]{0,20}\b127\b|: not found$|bad interpreter/i,
  ),
  rule(
    'HTTP 401 or 403',
    'auth',
    /\b40[13] (?:unauthori[sz]ed|forbidden|client error|authorization)|(?:status|status code|http|error|returned|responded|answered|code|E)[ :=#(['"]{0,3}(?:with )?40[13]\b|\bunauthori[sz]ed\b|\bunauthenticated\b/i,
  ),
  rule(
    'access denied',
    'auth',
    /access ?(?:is )?denied|unable to authenticate|accessdenied|permission_denied|authentication failed|permission denied \((?:publickey|password|keyboard)|not authorized to|bad credentials|invalid credentials|incorrect username|invalid username|invalid (?:api key|token)|password authentication failed|pull access denied|requested access to the resource is denied/i,
  ),
  rule(
    'token expired',
    'auth',
    /(?:token|jwt|signature|session|credentials?)\b[^\n]{0,30}(?:expired|revoked)|invalid_grant|expired ?token|invalid signature/i,
  ),
  rule(
    'summary without a reason',
    'unknown',
    /^(?![45]\d\d$)(?:(?:tests?|test suites?|suites|examples?|specs|scenarios?|failures|failed|finished|build|result|status|error|ERROR|Error)\b[: ]*)*(?:<n>|\d+|failed|failures?|failure|errors?|passed|passing|failing|total|skipped|of|tests?|[,;:|().]| |and|examples|suites|specs|scenarios|in <duration>)*$/i,
  ),
  rule(
    'exit status without a reason',
    'unknown',
    /^(?:[^\n:]{0,40}[: ])?(?:the )?(?:process|command|script|job|step|program|child process|bash|container|exit|exited|npm [\w:]+|error)[^\n]{0,60}?(?:exit(?:ed)?|status|code|returned|completed|with|finished)[^\n]{0,25}\b(?:[1-9]|255)\b['".]?$/i,
  ),
];

/** The first of the matching rules, if all of them name its class, or it outranks the others. */
export function certainRule(matching: readonly Rule[]): Rule | undefined {
  const outranking = matching.find(({ outranks }) => outranks);
  if (outranking !== undefined) return outranking;
  const [first] = matching;
  return first !== undefined && matching.every((other) => other.class === first.class) ? first : undefined;
}
