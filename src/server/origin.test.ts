import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseOrigin } from './origin.js';

describe('parseOrigin', () => {
  it('gives an origin as browsers send it', () => {
    for (const [text, origin] of [
      ['*', '*'],
      ['https://player.example', 'https://player.example'],
      ['https://player.example/', 'https://player.example'],
      ['HTTPS://Player.Example:443', 'https://player.example'],
      ['http://localhost:3000', 'http://localhost:3000'],
      ['http://[::1]:80', 'http://[::1]'],
    ] as const) {
      assert.equal(parseOrigin(text), origin, text);
    }
  });

  it('refuses what is none', () => {
    for (const text of [
      '',
      'null',
      'player.example',
      'https://*.example/path',
      'https://user@player.example',
      'https://player.example?x',
      'https://player.example:99999',
      'file:///films',
      'https://a, https://b',
      'https://*.example',
    ]) {
      assert.equal(parseOrigin(text), undefined, text);
    }
  });
});
