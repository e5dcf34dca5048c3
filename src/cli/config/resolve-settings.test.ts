import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { RequestError } from '../../errors.js';
import { printSettings } from './print-settings.js';
import { resolveSettings } from './resolve-settings.js';
import { SETTING_NAMES, variableOf } from './settings.js';

describe('settings', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'segmint-settings-'))));
  after(async () => rm(folder, { recursive: true }));

  const file = async (text: string): Promise<string> => {
    const path = join(folder, 'segmint.yaml');
    await writeFile(path, text);
    return path;
  };
  const resolve = async (
    text: string,
    environment: Record<string, string> = {},
    flags: Record<string, unknown> = {},
  ) => resolveSettings({ roots: [], flags, config: await file(text) }, environment);

  it('come from flags, then the environment, then the file, then the defaults', async () => {
    const text = 'port: 1\nhost: file.example\nmax-streams: 3\nlog-level: warn\n';
    const environment = { SEGMINT_PORT: '2', SEGMINT_HOST: 'environment.example', SEGMINT_CACHE_SIZE: '' };
    const { settings, places } = await resolve(text, environment, { port: '0' });
    assert.equal(settings.port, 0);
    assert.equal(settings.host, 'environment.example');
    assert.equal(settings.maxStreams, 3);
    assert.equal(settings.cacheSize, 256 << 20);
    assert.equal(settings.store, undefined);
    assert.equal(places.get('port'), '--port');
    assert.equal(places.get('host'), 'SEGMINT_HOST');
    assert.match(places.get('logLevel')!, /segmint\.yaml:4: log-level$/);
    assert.equal(places.has('cacheSize'), false);
  });

  it('are lists in every place, of which the first one that says something holds', async () => {
    const text =
      'roots: [films, https://a.example/b.mkv, /c]\ncors:\n  - https://a.example\nheader: { X-A: b, X-C: "d" }\nstore: kept\n';
    const { settings } = await resolve(text, { SEGMINT_CORS: 'https://b.example, https://c.example/' });
    assert.deepEqual(
      settings.roots,
      [join(folder, 'films'), 'https://a.example/b.mkv', '/c'],
      'from its folder',
    );
    assert.deepEqual(settings.cors, ['https://b.example', 'https://c.example']);
    assert.deepEqual(settings.header, { 'X-A': 'b', 'X-C': 'd' });
    assert.equal(settings.store, join(folder, 'kept'));
    const lines = await resolve('', { SEGMINT_HEADER: 'X-A: b, c\nX-D: e', SEGMINT_ROOTS: '["a,b"]' });
    assert.deepEqual(lines.settings.header, { 'X-A': 'b, c', 'X-D': 'e' });
    assert.deepEqual(lines.settings.roots, ['a,b']);
  });

  it('may be JSON with comments', async () => {
    const { settings } = await resolve(
      '{\n  # why\n  "port": 81, "allow-remote": true,\n  "cors": ["*"]\n}\n',
    );
    assert.deepEqual([settings.port, settings.allowRemote, settings.cors], [81, true, ['*']]);
  });

  const refusals: [string, string, Record<string, string>, RegExp][] = [
    ['a wrong value', '\nport: 8o\n', {}, /segmint\.yaml:2: port: Give a number from 0 to 65535/],
    ['one that another hides', 'port: -1', { SEGMINT_PORT: '1' }, /segmint\.yaml:1: port: Give a number/],
    ['a wrong item', 'cors:\n  - "*"\n  - a.example', {}, /segmint\.yaml:3: cors: Give an origin such as/],
    ['a wrong kind', 'port: [1, 2]', {}, /segmint\.yaml:1: port: Give text or a number/],
    [
      'no host',
      'remote-host:\n  - nas.local\n  - http://a',
      {},
      /segmint\.yaml:3: remote-host: http:\/\/a names no/,
    ],
    [
      'no name of a host',
      'allowed-host: https://a.example',
      {},
      /segmint\.yaml:1: allowed-host: Give a name, and/,
    ],
    [
      'a name with a port',
      '',
      { SEGMINT_ALLOWED_HOST: 'a.example:80' },
      /SEGMINT_ALLOWED_HOST: Give a name, and/,
    ],
    ['a wrong word', 'encoder: x265', {}, /segmint\.yaml:1: encoder: Give one of auto, software, nvenc/],
    ['a wrong header', 'header: { "X A": b }', {}, /segmint\.yaml:1: header: Give a header as 'Name: value'/],
    [
      'an unknown name',
      'port: 1\nchache-size: 3',
      {},
      /segmint\.yaml:2: .* chache-size; did you mean cache-size\?/,
    ],
    ['a name far from all', 'colour: red', {}, /segmint\.yaml:1: there is no setting colour\.$/],
    ['a name twice', 'port: 1\nhost: a\nport: 2', {}, /segmint\.yaml:3: Map keys must be unique/],
    ['a prototype', '__proto__: { port: 1 }', {}, /segmint\.yaml:1: there is no setting __proto__/],
    ['no YAML', 'port: "1\n', {}, /segmint\.yaml:\d: Missing closing "quote/],
    ['no mapping', '- port', {}, /segmint\.yaml:1: Give settings as lines such as port: 8080/],
    [
      'a wrong variable',
      '',
      { SEGMINT_PROT: '1' },
      /there is no setting SEGMINT_PROT; did you mean SEGMINT_PORT\?/,
    ],
    [
      'a wrong variable value',
      '',
      { SEGMINT_ALLOW_REMOTE: 'maybe' },
      /^SEGMINT_ALLOW_REMOTE: Give true or false/,
    ],
    [
      'both of a secret',
      '',
      { SEGMINT_HEADER: 'A: b', SEGMINT_HEADER_FILE: '/x' },
      /_FILE: the setting is given twice/,
    ],
    [
      'an absent secret',
      '',
      { SEGMINT_HEADER_FILE: '/absent/x' },
      /SEGMINT_HEADER_FILE: \/absent\/x cannot be read/,
    ],
  ];
  for (const [what, text, environment, expected] of refusals) {
    it(`refuse ${what}`, async () => {
      await assert.rejects(resolve(text, environment), (error: unknown) => {
        assert.ok(error instanceof RequestError);
        assert.match(error.message, expected);
        return true;
      });
    });
  }

  it('name hosts as browsers do', async () => {
    const { settings } = await resolve('allowed-host: [Müller.example., "::1", "[::1]", 10.0.0.1]');
    assert.deepEqual(settings.allowedHost, ['xn--mller-kva.example', '::1', '::1', '10.0.0.1']);
  });

  it('refuse a file that means far more than it says', async () => {
    const lines = Array.from(
      { length: 12 },
      (_, n) => `  - &a${n + 1} [${Array<string>(9).fill(`*a${n}`).join(', ')}]`,
    );
    await assert.rejects(resolve(`roots:\n  - &a0 [x]\n${lines.join('\n')}\n`), RequestError);
    await assert.rejects(resolve(`# ${'x'.repeat(300_000)}`), /larger than/);
  });

  it('pass over what Kubernetes sets for a service of this name', async () => {
    const environment = {
      ...{
        SEGMINT_SERVICE_HOST: '10.0.0.1',
        SEGMINT_SERVICE_PORT_HTTP: '80',
        SEGMINT_PORT_80_TCP_ADDR: '10.0.0.1',
      },
      SEGMINT_PORT: 'tcp://10.0.0.1:80',
    };
    assert.equal((await resolve('', environment)).settings.port, 8080);
  });

  it('are printed as a file that says the same, without secrets', async () => {
    const secret = join(folder, 'store-url');
    await writeFile(secret, 'redis://user:hunter2@cache.example:6379/0\n');
    const text = `store-file: store-url\nheader: { Authorization: Bearer hunter2 }\nshutdown-timeout: 1m\ncache-size: 2G\nengine-memory: 2G\n`;
    const resolved = await resolve(text, { SEGMINT_CORS: 'https://a.example' });
    assert.equal(resolved.settings.store, 'redis://user:hunter2@cache.example:6379/0');
    const printed = printSettings(resolved);
    assert.ok(!printed.includes('hunter2'), printed);
    assert.match(printed, /^shutdown-timeout: 60s #.*segmint\.yaml:3/m);
    assert.match(printed, /^cache-size: 2G /m);
    assert.match(printed, /^engine-memory: 2G /m);
    assert.match(printed, /^# SEGMINT_CORS\ncors:\n {2}- https:\/\/a\.example$/m);
    const again = await resolve(printed);
    const hidden = { store: undefined, header: undefined };
    assert.deepEqual({ ...again.settings, ...hidden }, { ...resolved.settings, ...hidden });
  });

  it('have names of their own', () => {
    assert.equal(new Set(SETTING_NAMES.map(variableOf)).size, SETTING_NAMES.length);
    assert.equal(variableOf('diskCacheSize'), 'SEGMINT_DISK_CACHE_SIZE');
  });
});
