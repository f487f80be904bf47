import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { hasCode } from '../disk/has-code';

/** Of the first line, at the most. */
const MARKER_BYTES = 128;
const MARKER = /^\[reprise: (\d+) bytes dropped here[^\n]*\]\n/m;

/**
 * Keeps a growing log below `cap` bytes: drops its older part, keeps the newest half of the cap and a first line
 * that says how much is gone. The writer appends (O_APPEND), so it goes on at the new end. What it writes
 * between our last look and our truncation is dropped too, and counted; what it writes right after comes before our line.
 */
export function capLog(path: string, cap: number): void {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size <= cap) return;
  const fd = openSync(path, 'r+');
  try {
    const before = droppedBefore(fd, Math.min(size, cap));
    const tail = readEnd(fd, size, Math.floor(cap / 2));
    const newline = tail.indexOf(10);
    const whole = newline >= 0 && newline < tail.length - 1 ? tail.subarray(newline + 1) : tail;
    const kept = Buffer.concat([whole, readOn(fd, size, cap - whole.length - MARKER_BYTES)]);
    const now = fstatSync(fd).size;
    ftruncateSync(fd, 0);
    const dropped = before.bytes + now - before.line - kept.length;
    appendTo(path, [
      Buffer.from(`[reprise: ${dropped} bytes dropped here, the log is limited to ${cap} bytes]\n`),
      kept,
    ]);
  } finally {
    closeSync(fd);
  }
}

function droppedBefore(fd: number, within: number): { bytes: number; line: number } {
  const start = Buffer.alloc(within);
  const text = start.toString('latin1', 0, readSync(fd, start, 0, start.length, 0));
  const match = MARKER.exec(text);
  return match ? { bytes: Number(match[1]), line: match[0].length } : { bytes: 0, line: 0 };
}

function appendTo(path: string, parts: readonly Buffer[]): void {
  const fd = openSync(path, 'a');
  try {
    writeSync(fd, Buffer.concat(parts));
  } finally {
    closeSync(fd);
  }
}

/** What was written behind `from` in the meantime, for as long as it fits. A command that ends now ends with its reason. */
function readOn(fd: number, from: number, most: number): Buffer {
  const added = fstatSync(fd).size - from;
  if (added <= 0 || added > most) return Buffer.alloc(0);
  const buffer = Buffer.alloc(added);
  return buffer.subarray(0, readSync(fd, buffer, 0, added, from));
}

function readEnd(fd: number, size: number, bytes: number): Buffer {
  const length = Math.min(size, bytes);
  const buffer = Buffer.alloc(length);
  return buffer.subarray(0, readSync(fd, buffer, 0, length, size - length));
}

/** Bytes read from the end of a log: enough for `limit` characters with colour codes between them. */
const TAIL_BYTES = 16 * 1024;

/** The last lines of a log as plain text of at most `limit` characters; empty when there is none. */
export function logTail(path: string, limit: number): string {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return '';
    throw error;
  }
  try {
    return plainTail(readEnd(fd, fstatSync(fd).size, TAIL_BYTES).toString('utf8'), limit);
  } finally {
    closeSync(fd);
  }
}

/** Without colours and control characters, progress lines as they last looked, whole lines where that fits. */
export function plainTail(text: string, limit: number): string {
  const plain = stripVTControlCharacters(text)
    .replace(/\r\n/g, '\n')
    .replace(/[^\n]*\r(?=[^\n])/g, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this removes
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, '')
    .replace(/^\uFFFD+/, '')
    .trim();
  if (plain.length <= limit) return plain;
  const end = plain.slice(-limit);
  const newline = end.indexOf('\n');
  const whole = newline >= 0 && newline < limit / 2 ? end.slice(newline + 1) : end;
  // The cut may have split a surrogate pair; half of one is not valid text.
  return whole.replace(/^[\uDC00-\uDFFF]/, '');
}
