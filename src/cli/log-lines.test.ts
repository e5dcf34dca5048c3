import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { escapeLines } from './log-lines.js';

test('records hold nothing that a terminal obeys, and mean the same', () => {
  const lines: string[] = [];
  const log = pino({ base: null }, escapeLines({ write: (line) => lines.push(line) }));
  const path = 'a \u001b[2J \u009b2J \u202egpj.mkv \u2066 \u0085 \u007f é 影';
  log.info({ path }, 'read');
  const [line = ''] = lines;
  assert.equal(line.endsWith('\n'), true);
  assert.doesNotMatch(line.slice(0, -1), /[^\x20-\x7eé影]/);
  assert.equal((JSON.parse(line) as { path: string }).path, path);
});
