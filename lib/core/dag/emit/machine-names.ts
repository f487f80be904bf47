/**
 * How state machines are named and what is put into their definitions, for whoever creates them: the stack does at
 * deployment, the engine when a graph is registered. Both must come to the same machine.
 */

/** Hex digits of a graph's hash in a name: with the longest prefix and suffix it stays under 80 characters. */
const HASH_DIGITS = 40;

/** The machine that a job starts; the others are started by it. */
export const ROOT_MACHINE = 'root';

/** The alias of the published version that jobs start, where versions exist. */
export const LIVE_ALIAS = 'live';

/** Begins the name of every state machine of an environment. */
export const machinePrefix = (environment: string): string => `reprise-${environment}-`;

/** Name of the graph runner, the machine that runs any graph. */
export const runnerName = (prefix: string): string => `${prefix}graph-runner`;

/**
 * Name of a machine of a graph. It says what the machine does, so a machine is never changed under a running job.
 * @param prefix of names, or of ARNs: then this is an ARN.
 * @param hash SHA-256 of the graph, in hex.
 * @param machine as the compiler calls it.
 */
export function machineName(prefix: string, hash: string, machine: string = ROOT_MACHINE): string {
  const root = `${prefix}${hash.slice(0, HASH_DIGITS)}`;
  return machine === ROOT_MACHINE ? root : `${root}-${machine}`;
}

/** Whether a name or ARN is that of the root machine of a graph, under this prefix. */
export function isMachineOf(prefix: string, name: string): boolean {
  return name.startsWith(prefix) && new RegExp(`^[0-9a-f]{${HASH_DIGITS}}$`).test(name.slice(prefix.length));
}

/** Puts addresses for the placeholders that the compiler leaves in a definition. */
export function fillDefinition(
  definition: string,
  addresses: { readonly jobsQueueUrl: string; readonly machineArn: (machine: string) => string },
): string {
  return definition
    .replaceAll('${JobsQueueUrl}', addresses.jobsQueueUrl)
    .replaceAll(/\$\{machine:([^}]+)\}/g, (_, machine: string) => addresses.machineArn(machine));
}
