import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { defaultOf, keyOf, SETTING_NAMES, settingOf } from '../src/cli/config/settings.js';
import { REPOSITORY } from './support/repository.js';

it('documents every setting, as the schema has it', () => {
  const text = readFileSync(join(REPOSITORY, 'docs/operations.md'), 'utf8');
  const table = /\| setting +\|[^]*?\n\n/.exec(text)?.[0] ?? '';
  const rows = table
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.replace(/ +\| +/g, ' | ').replace(/ +\|$/, ' |'));
  const expected = SETTING_NAMES.map((name) => {
    const { help, isList, isSwitch } = settingOf(name);
    const byDefault = isSwitch ? 'no' : (defaultOf(name) ?? '');
    const cells = [`\`${keyOf(name)}\`${isList ? ' (list)' : ''}`, byDefault, help];
    return `| ${cells.join(' | ')} |`.replace(/ +/g, ' ');
  });
  assert.deepEqual(
    rows.map((row) => row.replaceAll('\\*', '*').replace(/ +/g, ' ')),
    expected,
  );
});
