export const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * FNV-1a (RFC 9923) over the UTF-16 units of a text, 32 bits with a sign. Its low bits alone are poor.
 * @param from what was hashed before: texts one after the other are as one.
 */
export function fnv1a(text: string, from: number = FNV_OFFSET): number {
  let hash = from;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}
