/** Wordings of one meaning, whatever tool or language they come from. A feature of the model each. */
export const FAMILIES: Readonly<Record<string, RegExp>> = {
  // network: there is no connection, or it broke.
  refused:
    /econnrefused|connection (?:was |is |has been )?(?:refused|rejected)|connectionrefused|connect(?:ion)? to [^\n]{0,60} (?:was )?refused|actively refused|refused to connect|err_connection_refused|error 111\b|errno 111|could ?n[o']t connect|cannot connect to (?:host|server|proxy)|can't connect|unable to connect|failed to connect|failed to establish a (?:new )?connection|connect call failed|can't reach|could not reach/i,
  dropped:
    /econnreset|econnaborted|epipe\b|connection[ -]?(?:was )?reset|connection ?(?:was |is |has been )?(?:aborted|closed|lost|dropped|terminated|broken)|reset by peer|broken ?pipe|socket hang ?up|unexpected eof|premature(?:ly)? clos|hung up|remote (?:end|host) (?:closed|hung|terminated)|server (?:closed|disconnected|has gone away)|forcibly closed|empty reply|incomplete ?(?:read|message)|closed (?:the )?connection|stream was reset|err_(?:connection_(?:reset|closed|aborted)|empty_response|http2)|other side closed|lost connection to (?:mysql|the server|server)|transport (?:is closing|error)|socket (?:was )?(?:closed|disconnected)/i,
  resolve:
    /enotfound|eai_again|eai_noname|getaddrinfo|gaierror|name (?:or service not known|resolution|does not resolve)|no such host|unknown ?host|host ?name|could not resolve host|unable to resolve host|dns|nxdomain|err_name_not_resolved|servfail|failed to resolve '|host lookup|nodename nor servname|remote name could not be resolved|resolving/i,
  unreachable:
    /ehostunreach|enetunreach|enetdown|(?:network|host)(?: is)? unreachable|no route to host|unreachable|err_(?:address|internet|network|proxy|tunnel)|internet (?:connection|disconnected)|network (?:error|changed|is down|failure|connection)|networkerror|offline\b|failed to fetch|fetch failed|network path/i,
  connectTimeout:
    /etimedout|err_(?:connection_)?timed_out|connect(?:ion)? ?timed? ?out|connecttimeout|connect timeout|timed out while connecting|i\/o timeout|dial tcp [^\n]{0,80}timeout|connection timed out|open_timeout|opentimeout/i,
  tls: /\btls\b|\bssl\b|handshake|x509|certificate|eproto|err_(?:ssl|cert)|ssl_/i,
  socketWord: /socket|\btcp\b|\bpeer\b|connection/i,
  // timeout
  timedOut:
    /timed?[ -]?out|timeout|time limit|deadline|time[- ]?exceeded|esockettimedout|took (?:too long|longer)|ran (?:too long|out of time|longer)|gave up|execution expired|did(?: not|n't) (?:finish|complete|respond|settle|resolve|return) (?:with)?in|not (?:fulfilled|satisfied|ready|complete[d]?) (?:with)?in|overran|too slow|elapsed|maximum execution time|stalled/i,
  stepTimeout:
    /(?:exceeded|reached|after|of|within|for|over|past) [^\n]{0,30}<duration>|<duration>[^\n]{0,20}(?:exceeded|elapsed|expired|passed)|(?:exceeded|over) (?:the )?(?:timeout|time)/i,
  waited:
    /wait(?:ed|ing)?\b|await|poll|retrying (?:for|after)|(?:still|never) (?:not |be|became|visible|running|pending|queued|started|found|present|existing|appeared)|idle/i,
  durationThere: /<duration>/,
  // rate-limit
  throttled:
    /throttl|too ?many ?(?:api )?(?:requests|calls|messages|connections per)|rate[- _]?limit|ratelimit|rate (?:exceeded|is large|limiting)|\b429\b|slow ?down|request ?limit|requests? per|calls per|per (?:second|minute|hour|day)\b|quota|back ?off and|try again (?:in|after) [^\n]{0,12}<|retry[- ]after|secondary rate|abuse detection|limit reached|too fast|enhance your calm|exceeded (?:the )?(?:rate|request|limit)|token bucket|budget of requests/i,
  // dependency
  http5xx:
    /\b50[0-4]\b|\b52\d\b|\b529\b|\b5xx\b|internal ?server ?error|bad ?gateway|service ?(?:is )?(?:temporarily |currently )?unavailable|gateway time-?out|server error/i,
  upstream:
    /upstream|backend|origin\b|gateway|downstream|broker|replica|leader|primary|shard|coordinator|cluster|quorum|master|failover|database system|datasource|mesh|provider/i,
  notReady:
    /starting up|shutting down|is starting|shutdown|in recovery|recovering|maintenance|read[- ]only (?:transaction|replica|mode)|not (?:yet )?(?:ready|available|initiali[sz]ed)|unavailable|temporarily|overloaded|degraded|unhealthy|no healthy|is down|are down|out of service|initiali[sz]ing|loading the dataset|warming up|rebooting|bootstrapping|election|too busy|server busy|is sealed/i,
  breakerOpen: /circuit ?(?:breaker)?[^\n]{0,30}open/i,
  tooManyClients:
    /too many (?:clients|connections)|connection slots|max number of clients|deadlock|database is locked|serialize access/i,
  // infrastructure
  browserDied:
    /(?:browser|page|tab|target|renderer|chrome|chromium|firefox|geckodriver|safari|webview|web ?process|session|simulator|emulator|device|app)[^\n]{0,40}(?:crash|closed|disconnected|died|is dead|exited|quit|unexpectedly|gone|killed|terminated|not reachable|lost|deleted|offline)|target ?closed|session deleted|invalid session id|devtoolsactiveport|(?:failed to|could not|cannot|did not|never) (?:start|launch|boot)|failed to (?:start|launch|boot)|not reachable|crashed/i,
  nodeLost:
    /(?:runner|agent|node|worker|host|vm|instance|machine|container|pod|executor|daemon|kubelet|fork(?:ed)?)[^\n]{0,60}(?:lost|shut ?down|terminated|killed|evicted|preempt|reclaim|interrupt|offline|disconnected|not ?ready|unreachable|crash|gone|disappeared|died|stopped (?:posting|hearing|responding)|drain|reboot)|spot (?:instance|vm|interruption)|preempt|evict|lost (?:communication|contact)|stopped hearing|system failure|infrastructure|deprovision|node ?lost/i,
  disk: /no space left|enospc|disk (?:is )?full|not enough space|insufficient (?:disk )?(?:space|storage)|disk quota|free (?:disk )?space|out of disk|diskpressure|ephemeral-storage|read-only file ?system|erofs|input\/output error|i\/o error|\beio\b|disk/i,
  display: /\bdisplay\b|xvfb|x server|x11|\bxcb\b|headless/i,
  dockerDaemon: /docker daemon|docker\.sock|containerd|oci runtime|sandbox container|shim/i,
  addressInUse:
    /eaddrinuse|address already in use|port [^\n]{0,20}(?:already |is )(?:in use|allocated|taken)|already in use|bind for|addrinuse/i,
  capacity: /insufficient (?:cpu|capacity)|capacity|nodes? are available|unschedulable|allocationfailed/i,
  signalled: /sig(?:segv|abrt|bus|ill|trap|kill|term)|signal:? ?\d+|segmentation|core dumped|bus error/i,
  unexpectedExit:
    /unexpectedly|abruptly|abnormally|without (?:properly )?saying|prematurely|(?:was|been) (?:killed|terminated)/i,
  // resource
  memory:
    /out ?of ?memory|\boom\b|oom-?kill|heap (?:space|limit|out)|\bheap\b|enomem|memory ?error|bad_alloc|cannot allocate|could not allocate|unable to allocate|failed to allocate|allocation fail|allocat|memory limit|insufficient memory|not enough memory|memory cgroup|memory exhaust|exhausted|nomemory|metaspace|memory/i,
  stackDepth: /stack (?:overflow|level too deep|size exceeded)|stackoverflow|call stack|recursion/i,
  handles:
    /emfile|enfile|too many open files|file (?:descriptor|handle|table|watchers)|file descriptors|handles|inotify/i,
  processes:
    /eagain|cannot fork|fork failed|fork: |can't start new thread|native thread|pthread_create|uv_thread_create|process slots|pids|rlimit|resource temporarily unavailable|new os thread|too many (?:processes|threads)/i,
  exit137: /\b137\b|exit (?:code|status)?:? ?137|killed\b/i,
  // assertion
  expectedActual:
    /expected[^\n]{0,80}(?:received|got|but|actual|found|to (?:be|equal|have|contain|match|deep|include|throw|find|see))|(?:expected|want)\b[\s\S]{0,160}\b(?:received|actual|got|but was|but:|found|was)\b|got\b[^\n]{0,60}\bwant|-want \+got|left:? [\s\S]{0,60}right:|but (?:was|got|found|received|is|had)\b|should (?:be|have|contain|equal|match|not)|did ?n[o']t (?:equal|match|contain|change|raise)|does not (?:contain|equal|match)|not equal|!==?|differ/i,
  assertWord:
    /assert|\bexpect(?:ed|ation|ing)?\b|verification|comparison ?failure|should be|shouldbe|mismatch|\brequire\b|check failed/i,
  mockVerification:
    /unexpected (?:method )?call|missing call|zero interactions|no interactions wanted|too (?:few|many) (?:actual )?invocations|received calls|expected a? ?call/i,
  budget: /threshold|budget|coverage|regression|minscore|violations?\b/i,
  snapshot: /snapshot|golden|screenshot|pixel|baseline|approved file|diff(?:s|er)?\b/i,
  invoked:
    /(?:wanted|called|invoked|invocations?|interactions?|times?\b)[^\n]{0,40}(?:but|not|never|was|actual|zero|0 )|never called/i,
  exceptionExpected:
    /(?:did not raise|nothing was thrown|no exception|to be thrown|not raised|but nothing|to throw|expected exception|no error was)/i,
  // test-code
  codeError:
    /typeerror|referenceerror|syntaxerror|nameerror|attributeerror|indentationerror|keyerror|indexerror|nomethoderror|nullpointer|nullreference|null pointer|nil pointer|undefined (?:method|variable|name|local|reference|index|array|step|is not)|is not (?:a function|defined|iterable)|cannot read propert|classcast|index out of (?:range|bounds)|outofbounds|unresolved reference|cannot find symbol|cannot find name|undeclared|not in scope|has no (?:attribute|member|property)|does not exist in the current context|unexpected token|parse ?error|compil|\bcs\d{4}\b|\bts\d{4}\b|error\[e\d+\]|panic: |unwrap|no such property|unbound|unused|nil value|nonetype|null value|of undefined|of null|nil:nilclass/i,
  elementMisuse:
    /stale ?element|strict mode violation|no ?such ?element|unable to (?:locate|find) (?:an )?(?:accessible )?element|element (?:click intercepted|not interactable|is not attached)|not attached|detached from|invalid selector|ambiguous|multiple (?:elements|matching)|multiple|no element|more than one|resolved to \d|not interactable|not clickable|selector/i,
  fixture:
    /fixture|step definition|undefined step|snippet|unimplemented step|stub|mock|matcher|data ?provider|hook|spec\b|factory|suite|constructor|beforeall|parameterresolver|keyword/i,
  apiMisuse:
    /missing (?:\d+ )?required (?:positional )?argument|wrong number of arguments|too (?:many|few) arguments|invalid argument|no overload|signature|incompatible types|mismatched types|takes \d|unexpected keyword|not implemented|no implementation|can only be (?:called|used)|already been (?:declared|called|defined|spied)|redeclared|sql syntax|syntax error|duplicate (?:key|entry)|constraint|violat/i,
  undefinedName:
    /\bundefined\b|undeclared|not (?:found: value|in scope|declared)|cannot find '\w+' in scope|object '\w+' not found|declared and|imported and|unknown field|no such property|no signature of method|nosuchfield|nosuchmethod|has no (?:implementation|method|member)|unresolved/i,
  syntax:
    /expected [`'"][^`'"]{1,3}[`'"]|unexpected (?:token|end|indent|identifier)|syntax ?error|parse ?error|not valid syntax|missing (?:bracket|paren|semicolon|;)|compil/i,
  runtimeError:
    /zerodivision|division by zero|valueerror|unicodedecode|jsondecode|keynotfound|not present in the dictionary|concurrent ?modification|overflow|data race|concurrent map|use-after-free|panicked|illegalmonitor|out of bounds|formatexception|casterror|cast to/i,
  // configuration
  filePermission:
    /(?:eacces|permission denied|permissionerror|errno 13)[^\n]{0,40}(?:<path>|'|mkdir|open|exec)|<path>: permission denied|not executable|too open/i,
  exit127: /\b12[67]\b/,
  dependencyResolution:
    /resolve(?:d)? (?:dependenc|to an installable)|version solving|no matching (?:version|distribution|variant)|lock ?file|artifact|unmet|peer dep|conflicting dependencies|not available from|no candidate|checksum/i,
  noTests:
    /no tests? (?:found|ran|were|executed|matching|files)|no specs? (?:found|files)|no test (?:is available|target|files|report)|collected 0|no scenarios|matched nothing/i,
  missingModule:
    /cannot find (?:module|package)|module ?not ?found|no module named|could not resolve (?:dep|all|placeholder|")|can't resolve|cannot load such file|classnotfound|noclassdef|could not load (?:file|library)|shared (?:object|libraries)|no such file|does(?: not|n't) exist|not found: |enoent|filenotfound|missing (?:dependenc|module|script|package|file|binary)|cannot find|could not find|couldn't find|unable to find|not installed|not found on|no such (?:module|table|image|bucket|file|command|plugin)|unknown (?:revision|database|table|command|option)|command not found|not recognized|executable|notfound/i,
  missingSetting:
    /environment variable|env(?:ironment)? ?var|(?:is|are|was|were|be|been) not (?:set|defined|specified|configured|provided|supplied)|not set\b|unset|unbound variable|missing (?:required )?(?:env|environment|config|setting|key|system property|property|parameter|option|variable|configuration)|required (?:argument|option|key|variable|config|field|property|setting)|must be set|has not been initialized|no (?:default )?(?:value|region|configuration|config)|undefined variable|secret[^\n]{0,20}not found|is required|\benv\b|process\.env|not declared/i,
  invalidOption:
    /(?:unknown|unrecogni[sz]ed|invalid|unsupported|bad|unexpected) (?:option|argument|flag|key|value|property|config|parameter|field|command|setting|element|platform|version|vm option|scheme|reference|input|compiler option|lifecycle|profile|image|url|port|format)|unexpected (?:input|key)|config(?:uration)? (?:file )?(?:is )?(?:error|invalid|not valid|not found|contains)|invalid (?:config|workflow|compose)|misconfigur|did you mean|usage:|unknown/i,
  configWord:
    /config|\.ya?ml\b|\.json\b|\.toml|\.properties|\.env\b|settings|lockfile|package\.json|properties|workflow|compose|profile|manifest|placeholder|parameter|bean\b|migration/i,
  versions:
    /version|incompatible|requires|compatible|unsupported engine|supports? only|only supports|does not support|not supported|upgrade to|newer|mismatch/i,
  // auth
  denied:
    /access ?(?:is |was )?denied|permission[ _-]?denied|forbidden|unauthori[sz]ed|not authori[sz]ed|unauthenticated|not authenticated|authentication|authorization|\b40[13]\b|\b407\b|insufficient (?:privileges|permissions?|scope)|not permitted|denied|not allowed|lacks? (?:permission|role)|no permission|not entitled|must be logged in|need(?:s)? to log ?in/i,
  credential:
    /credential|password|api[ _-]?key|access key|secret key|client secret|\bjwt\b|\btoken\b|bearer|signature (?:does not|has|expired|we)|log ?in|logon|logged|sign(?:ed)?[- ]?in|session (?:has )?expired|publickey|oauth|invalid_grant|invalid_client|sso|kerberos|saml|2fa|mfa|account|license key/i,
  expired:
    /expired|revoked|not valid yet|invalid[_ ]?(?:auth|grant|token|signature|credentials|client|login)|malformed/i,
  // unknown
  summary:
    /\d+ (?:failed|passed|failures?|errors?|passing|failing|examples|tests?)|<n> (?:failed|passed|failures?|errors?|passing|failing|examples|tests?|of)|tests? (?:run|failed|result|session)|failures: |failed: ?<n>|build failed|build failure|test (?:run )?failed|there (?:are|were) (?:test failures|failing tests)/i,
  bareExit:
    /(?:exit(?:ed)?|returned|status|code|exitcode)[^\n]{0,30}\b(?:1|2|255|-1)\b|non-zero exit|exit code|exit status|exited|elifecycle|command failed/i,
  vague:
    /something went wrong|unknown error|unhandled|uncaught|unspecified|see (?:the )?(?:log|above|report|output)|no reason|no (?:further )?details|unexpected error|internal error|undefined\)?$|failed\.?$|cancell?ed|skipped|aborted|interrupted/i,
};
