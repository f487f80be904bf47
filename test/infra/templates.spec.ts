// One file, so that every environment is synthesised once and not once for each of these.
import './api.cases';
import './chains.cases';
import './data.cases';
import './functions.cases';
import './lambda-code.cases';
import './local-limits.cases';
import './machines.cases';
import './nag.cases';
import './notifying.cases';
import './network.cases';
import './operations.cases';
import './permissions.cases';
import './queues.cases';
import './served-routes.cases';
import './triggers.cases';
import './worker-socket.cases';
import './workflow-watch.cases';
