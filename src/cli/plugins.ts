import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { RequestError } from '../errors.js';
import type { SourceOpener } from '../io/open-source.js';

/**
 * Loads what opens further kinds of sources.
 * @param modules - paths of modules, or names of packages, whose default export is a {@link SourceOpener} or a list of them.
 * @throws {RequestError} when one of them cannot be loaded or is nothing of the kind.
 */
export async function loadOpeners(modules: readonly string[] = []): Promise<SourceOpener[]> {
  const openers = await Promise.all(modules.map(loadModule));
  return openers.flat();
}

async function loadModule(name: string): Promise<SourceOpener[]> {
  const isPath = /^[./]|\\|^[a-z]:/i.test(name);
  const specifier = isPath ? pathToFileURL(resolve(name)).href : name;
  const loaded: unknown = await import(specifier).catch((cause: unknown) => {
    throw new RequestError(`The plug-in ${name} could not be loaded: ${String(cause)}`, 'invalid', { cause });
  });
  const exported = (loaded as { default?: unknown }).default;
  const openers: unknown[] = Array.isArray(exported) ? exported : [exported];
  if (!openers.every(isOpener)) {
    throw new RequestError(`The plug-in ${name} exports by default no { scheme, open } and no list of them.`);
  }
  return openers;
}

function isOpener(value: unknown): value is SourceOpener {
  const opener = value as Partial<SourceOpener> | undefined;
  return typeof opener?.scheme === 'string' && typeof opener.open === 'function';
}
