const LINE_FEED = 10;

/** Text of bytes that are UTF-8, without its byte order mark; else what is wrong with them, to be put behind a name. */
export function decodeUtf8(bytes: Uint8Array): { readonly text: string } | { readonly problem: string } {
  try {
    return { text: decode(bytes) };
  } catch {
    return { problem: `is not UTF-8${whereNot(bytes)}: save it as UTF-8` };
  }
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
}

/** YAML may be written in UTF-16 by its specification; JSON may not, and no tool around us reads it. */
function whereNot(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return ' but UTF-16';
  for (let line = 1, from = 0; from < bytes.length; line++) {
    const end = bytes.indexOf(LINE_FEED, from);
    const to = end < 0 ? bytes.length : end;
    try {
      decode(bytes.subarray(from, to));
    } catch {
      return ` (line ${line})`;
    }
    from = to + 1;
  }
  return '';
}
