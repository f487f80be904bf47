/**
 * IP addresses as EventBridge compares them: by their hexadecimal digits, 8 or 32 of them.
 * https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/CIDR.java
 */
export interface AddressRange {
  readonly bottom: string;
  readonly top: string;
}

const V4 = /^\d+(?:\.\d+){3}$/;
const V6 = /^[\da-f:]*:[\da-f:]*$/i;
/** Longest text that is read as an address of IPv4: leading zeros count. */
const MAX_V4_LENGTH = 15;
/** `::ffff:` before an address of IPv4, which is then one. */
const MAPPED = `${'0'.repeat(20)}FFFF`;

/** The digits of an address; undefined for any other text. Zeros in front of a number change nothing, nor does case. */
export function addressDigits(text: string): string | undefined {
  if (V4.test(text)) return v4Digits(text);
  if (!V6.test(text)) return undefined;
  const digits = v6Digits(text);
  return digits?.startsWith(MAPPED) ? digits.slice(MAPPED.length) : digits;
}

function v4Digits(text: string): string | undefined {
  const parts = text.split('.').map(Number);
  if (text.length > MAX_V4_LENGTH || parts.some((part) => part > 0xff)) return undefined;
  return parts.map((part) => hex(part, 2)).join('');
}

function v6Digits(text: string): string | undefined {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return undefined;
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  if (!before || !after) return undefined;
  const left = 8 - before.length - after.length;
  if (tail === undefined ? left !== 0 : left < 1) return undefined;
  return [...before, ...Array.from({ length: left }, () => '0000'), ...after].join('');
}

function groupsOf(text: string): string[] | undefined {
  const groups = text === '' ? [] : text.split(':').map((group) => group.replace(/^0+(?=.)/, ''));
  return groups.every((group) => group.length >= 1 && group.length <= 4)
    ? groups.map((group) => group.toUpperCase().padStart(4, '0'))
    : undefined;
}

/** The addresses of a range such as `10.0.0.0/24`; undefined where the text is none. */
export function addressRange(text: string): AddressRange | undefined {
  const [address = '', bits = '', ...more] = text.split('/');
  const digits = addressDigits(address);
  if (!digits || more.length > 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  const length = digits.length * 4;
  const fixed = Number(bits);
  // One address is no range: it is written as a plain value.
  if (fixed >= length) return undefined;
  const rest = (1n << BigInt(length - fixed)) - 1n;
  const value = BigInt(`0x${digits}`);
  return { bottom: hex(value & ~rest, digits.length), top: hex(value | rest, digits.length) };
}

/**
 * Whether an address is in a range. The digits are compared from the left, and as far as the shorter one goes: a range of
 * IPv4 takes the addresses of IPv6 that begin with its digits.
 */
export function isWithin(digits: string, { bottom, top }: AddressRange): boolean {
  const head = digits.slice(0, bottom.length);
  if (head.length === bottom.length) return bottom <= head && head <= top;
  // Shorter than the range: in it where it is past both ends already.
  return bottom.slice(0, head.length) < head && head < top.slice(0, head.length);
}

const hex = (value: number | bigint, length: number) =>
  value.toString(16).toUpperCase().padStart(length, '0');
