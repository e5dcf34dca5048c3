import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { mp4Language } from './language.js';

describe('mp4Language', () => {
  // Codes from the iso-codes package's iso_639-2.json.
  const cases: readonly (readonly [tag: string, code: string, extended: string | undefined])[] = [
    ['en', 'eng', undefined],
    ['eng', 'eng', undefined],
    ['EN', 'eng', undefined],
    ['de', 'deu', undefined],
    ['ger', 'deu', undefined],
    ['zh', 'zho', undefined],
    ['sr', 'srp', undefined],
    ['zu', 'zul', undefined],
    ['aa', 'aar', undefined],
    ['gsw', 'gsw', undefined],
    ['pt-BR', 'por', 'pt-BR'],
    ['zh-Hant-TW', 'zho', 'zh-Hant-TW'],
    ['und', 'und', undefined],
    ['und-Latn', 'und', undefined],
    ['qq', 'und', 'qq'],
    ['i-klingon', 'und', 'i-klingon'],
    ['', 'und', undefined],
    ['ü', 'und', undefined],
    ['en_US', 'und', undefined],
    ['e\0n', 'und', undefined],
  ];
  for (const [tag, code, extended] of cases) {
    it(`states ${JSON.stringify(tag)} as ${code}${extended === undefined ? '' : ` and ${extended}`}`, () => {
      assert.deepEqual(mp4Language(tag), { code, extended });
    });
  }
});
