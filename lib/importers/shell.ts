/** A here-document whose text the shell leaves as it is; the mark is chosen so that no line of the text ends it. */
export function hereDocument(text: string): { readonly open: string; readonly body: string } {
  const lines = new Set(text.split('\n'));
  let mark = 'STEP';
  for (let n = 2; lines.has(mark); n++) mark = `STEP_${n}`;
  return { open: `<<'${mark}'`, body: `${text}\n${mark}` };
}
