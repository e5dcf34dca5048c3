import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { languageTag } from './language.js';

describe('languageTag', () => {
  // ISO 639-2 codes and the tags of the IANA subtag registry that replace them; mkvmerge writes the same pairs.
  const cases: [string | undefined, string | undefined, string][] = [
    [undefined, undefined, 'en'],
    [undefined, 'ger', 'de'],
    [undefined, 'deu', 'de'],
    [undefined, 'fre-ca', 'fr-CA'],
    [undefined, 'und', 'und'],
    [undefined, 'mul', 'mul'],
    ['fr-CA', 'fre', 'fr-CA'],
    ['zh-hant', undefined, 'zh-Hant'],
    [undefined, '', 'und'],
    [undefined, '€', 'und'],
    ['not a tag', 'ger', 'und'],
  ];
  for (const [bcp47, legacy, tag] of cases) {
    it(`${bcp47} and ${legacy} are ${tag}`, () => assert.equal(languageTag(bcp47, legacy), tag));
  }
});
