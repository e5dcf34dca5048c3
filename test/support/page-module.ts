import { join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { REPOSITORY } from './repository.js';

/**
 * Imports modules of the page as a browser gets them, bundled: web/ is no part of the program that is compiled here.
 * @param paths - below web/src, without the ending.
 * @param plugins - put stand-ins in the place of what the modules import.
 * @returns what all of them export.
 */
export async function importPage(paths: readonly string[], plugins: Plugin[] = []): Promise<unknown> {
  const contents = paths.map((path) => `export * from './${path}.ts';`).join('');
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(REPOSITORY, 'web/src') },
    ...{ plugins, bundle: true, format: 'esm', write: false },
  });
  return await import(`data:text/javascript,${encodeURIComponent(outputFiles[0]!.text)}`);
}
