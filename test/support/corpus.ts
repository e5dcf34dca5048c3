/** Real files of many makers, where the folder that holds them is there; and what is told of those that are refused. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository.js';

/** Folder of the corpus, which is no part of the repository. */
export const CORPUS = join(REPOSITORY, '..', 'shared', 'media');

/** Folders of the corpus. */
export const CORPUS_FOLDERS = ['matroska', 'webm', 'ebml-vectors', 'mp4', 'ts', 'other'] as const;

/** Films of many minutes, which take long to decode and show nothing that others do not. */
export const LONG_FILES: ReadonlySet<string> = new Set([
  'matroska/bbb_10min_156k_avc_heaac.mkv',
  'mp4/long_1080p_lowbitrate.mp4',
]);

/** Lists the files of folders of the corpus as `folder/name`; none where there is no corpus. */
export function corpusFiles(folders: readonly (typeof CORPUS_FOLDERS)[number][] = CORPUS_FOLDERS): string[] {
  if (!existsSync(CORPUS)) return [];
  return folders.flatMap((folder) =>
    readdirSync(join(CORPUS, folder), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => `${folder}/${name}`)
      .sort(),
  );
}

/** Checks that a refusal is one sentence. */
export function assertSentence(message: string): void {
  assert.match(message, /^[A-Z][^\n]{10,220}\.$/, 'not a sentence');
  assert.doesNotMatch(message, /[a-z]\. [A-Z]/, 'more than one sentence');
}

/**
 * Tells what became of the corpus.
 * @param what - how the files were played.
 * @param refusals - files and why they were refused.
 */
export function reportCorpus(
  what: string,
  files: readonly string[],
  refusals: ReadonlyMap<string, string>,
): void {
  if (files.length === 0) {
    process.stderr.write(`\nThe corpus was left out ${what}: THERE IS NO ${CORPUS}.\n`);
    return;
  }
  const reasons = new Map<string, string[]>();
  for (const [file, reason] of refusals) reasons.set(reason, [...(reasons.get(reason) ?? []), file]);
  const lines = [...reasons].map(
    ([reason, of]) => `  ${of.length === 1 ? of[0] : `${of.length} files, such as ${of[0]}`}: ${reason}\n`,
  );
  process.stderr.write(
    `\nThe corpus ${what}: ${files.length} files, ${refusals.size} refused:\n${lines.join('')}`,
  );
}
