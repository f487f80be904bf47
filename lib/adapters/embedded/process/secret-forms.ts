/**
 * How a secret may look in what a command prints: as it is, line by line, and as the usual tools write it (base64 at
 * any place in what is encoded, and in lines; URL, JSON, XML, hexadecimal, quoted for a shell). None of a value with
 * fewer than four characters: they would be found everywhere. Runs in the guard of a command too, which is given its
 * text: it may use nothing of this module.
 */
export function secretForms(secret: string): string[] {
  const shortest = 4;
  // As the command gets it: halves of a surrogate pair are no text.
  const value = Buffer.from(secret).toString();
  const forms = new Set<string>();
  const add = (...found: readonly string[]) => {
    for (const form of found) if (form.length >= shortest) forms.add(form);
  };

  const addUrl = (text: string) => {
    const component = encodeURIComponent(text);
    const strict = component.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
    const form = new URLSearchParams({ v: text }).toString().slice(2);
    for (const url of [component, strict, strict.replaceAll('%2F', '/'), form, encodeURI(text)]) {
      add(
        url,
        url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
      );
    }
  };
  const addJson = (text: string) => {
    const inside = (plain: string) => JSON.stringify(plain).slice(1, -1);
    const escaped = (c: string) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
    const json = inside(text);
    const ascii = json.replace(/[^ -~]/g, escaped);
    add(json, inside(json), ascii, ascii.replaceAll('/', '\\/'), json.replaceAll('/', '\\/'));
    add(json.replace(/[<>&]/g, escaped), ascii.replace(/[<>&'+]/g, escaped));
  };
  const addXml = (text: string) => {
    const xml = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const attribute = xml.replaceAll('"', '&quot;');
    add(xml, attribute, ...['&apos;', '&#39;', '&#x27;'].map((quote) => attribute.replaceAll("'", quote)));
  };
  const addShell = (text: string) => {
    add(text.replaceAll("'", "'\\''"), text.replaceAll("'", `'"'"'`));
    add(text.replace(/[\\"$`]/g, '\\$&'), text.replace(/[^A-Za-z0-9_@%+=:,./-]/g, '\\$&'));
  };
  const addBase64 = (text: string) => {
    for (const before of [0, 1, 2]) {
      const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(text)]);
      // Signs that depend on what stands before are left out, and so is, in a third form, one that depends on what follows.
      const padded = bytes.toString('base64').slice([0, 2, 3][before]);
      const whole = padded.replace(/=+$/, '');
      for (const part of padded === whole ? [whole] : [padded, whole, whole.slice(0, -1)]) {
        add(part, part.replaceAll('+', '-').replaceAll('/', '_'));
        if (before > 0) continue;
        for (const width of [64, 76]) {
          const lines = part.match(new RegExp(`.{1,${width}}`, 'g')) ?? [];
          if (lines.length > 1) add(lines.join('\n'), lines.join('\r\n'), ...lines);
        }
      }
    }
  };

  if (value.trim().length < shortest) return [];
  const lines = value.split(/\r\n|\r|\n/).map((line) => line.trim());
  for (const text of new Set([value, value.trim(), ...lines])) {
    if (text.length < shortest) continue;
    add(text);
    addUrl(text);
    addJson(text);
    addXml(text);
    addShell(text);
  }
  for (const text of new Set([value, value.trim()])) {
    const hex = Buffer.from(text).toString('hex');
    add(hex, hex.toUpperCase(), text.replaceAll('\n', '\r\n'));
    addBase64(text);
  }
  return [...forms];
}
