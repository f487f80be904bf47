/** The name in a `Host` header, without its port; lower case. */
function nameOf(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '').replace(/\.$/, '');
}

/** An address, which no name server can lead elsewhere. */
const isAddress = (name: string): boolean =>
  /^\[[0-9a-f:.]+\]$/.test(name) || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);

/**
 * Whether a server goes by the name in the `Host` header of a request. A page whose own name is led to this machine (DNS
 * rebinding) sends that name: what is asked for by an address, by `localhost`, or by a name that was given, is asked for here.
 * @param names by which the server is known besides.
 */
export function isOwnHost(host: string, names: readonly string[]): boolean {
  const name = nameOf(host);
  return isAddress(name) || name === 'localhost' || names.some((each) => each.toLowerCase() === name);
}

/** Whether a page that sends this `Origin` came from the same host as it asks: another one's has no business here. */
export function isOwnOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: from } = new URL(origin);
  return (protocol === 'http:' || protocol === 'https:') && from === withoutDefault(host, protocol);
}

/** As a URL has it: lower case, and without the port that goes without saying. */
function withoutDefault(host: string, protocol: string): string {
  return host.toLowerCase().replace(protocol === 'https:' ? /:443$/ : /:80$/, '');
}
