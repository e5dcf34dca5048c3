import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isMap, isNode, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { RequestError } from '../../errors.js';
import { knownKeys, meaningOf, unknownSetting, type Given, type Layer } from './given.js';
import type { SettingName } from './settings.js';

/** Far above any list of settings, and below what would trouble the parser. */
const MAX_BYTES = 256 * 1024;

/**
 * Reads the settings of a file: YAML, of which JSON is a part; comments are allowed in both.
 * @param path - of the file.
 * @param readSecret - reads the file that a secret is in.
 * @throws {RequestError} when it cannot be read, or names what is no setting. The line is told.
 */
export async function readSettingsFile(
  path: string,
  readSecret: (path: string, place: string) => Promise<string>,
): Promise<Layer> {
  return await parseSettings(await readSmallFile(path, 'The settings'), path, readSecret);
}

/** Reads a secret from a file of its own, without the line's end that editors leave. */
export async function readSecretFile(path: string, place: string): Promise<string> {
  const text = (await readSmallFile(path, place)).replace(/\r?\n$/, '');
  if (text === '') throw new RequestError(`${place}: ${path} is empty.`);
  return text;
}

async function readSmallFile(path: string, what: string): Promise<string> {
  try {
    await using file = await open(path);
    const bytes = new Uint8Array(MAX_BYTES + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(bytes, length);
      length += bytesRead;
      if (bytesRead === 0 || length === bytes.length) break;
    }
    if (length > MAX_BYTES) throw new RequestError(`${what}: ${path} is larger than ${MAX_BYTES} bytes.`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } catch (cause) {
    if (cause instanceof RequestError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new RequestError(`${what}: ${path} cannot be read: ${reason}.`, 'invalid', { cause });
  }
}

async function parseSettings(
  text: string,
  path: string,
  readSecret: (path: string, place: string) => Promise<string>,
): Promise<Layer> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const lineAt = (offset: number): string => `${path}:${lines.linePos(offset).line}`;
  const [fault] = document.errors;
  if (fault !== undefined)
    throw new RequestError(`${lineAt(fault.pos[0])}: ${fault.message.replace(/\.?$/, '.')}`);
  const layer = new Map<SettingName, Given>();
  if (document.contents === null || isEmptyScalar(document.contents)) return layer;
  if (!isMap(document.contents))
    throw new RequestError(`${path}:1: Give settings as lines such as port: 8080.`);

  const values = valuesOf(document, path);
  for (const { key } of document.contents.items) {
    const line = lineAt(key.range[0]);
    const name = isScalar(key) ? String(key.value) : '';
    const meaning = meaningOf(name);
    if (meaning === undefined) throw unknownSetting(name, line, knownKeys());
    const value = values.get(name);
    // A name with nothing behind it says nothing.
    if (value === null || value === undefined) continue;
    if (layer.has(meaning.name)) {
      throw new RequestError(`${line}: the setting ${name} is given twice; give one of both.`);
    }
    const placeOf = (steps: readonly PropertyKey[]): string => {
      const node = document.getIn([name, ...steps], true);
      return `${isNode(node) ? lineAt(node.range?.[0] ?? 0) : line}: ${name}`;
    };
    const folder = dirname(resolve(path));
    const place = `${line}: ${name}`;
    if (meaning.isFileOfIt && typeof value !== 'string')
      throw new RequestError(`${place}: Give the path of a file.`);
    layer.set(meaning.name, {
      value: meaning.isFileOfIt ? await readSecret(resolve(folder, value as string), place) : value,
      place,
      placeOf,
      folder,
    });
  }
  return layer;
}

/** The values as JavaScript has them; the number of aliases is bounded, so that a few lines cannot mean gigabytes. */
function valuesOf(document: Document, path: string): ReadonlyMap<string, unknown> {
  try {
    return new Map(Object.entries(document.toJS({ maxAliasCount: 100 }) as object));
  } catch (cause) {
    throw new RequestError(`${path}: ${cause instanceof Error ? cause.message : String(cause)}`, 'invalid', {
      cause,
    });
  }
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.value === null;
}
