import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { resolveSettings } from '../src/cli/config/resolve-settings.js';
import { exitCodeOf } from '../src/cli/exit-code.js';
import { RequestError } from '../src/errors.js';
import { REPOSITORY } from './support/repository.js';
import { missingTools } from './support/tools.js';

const read = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
const skip =
  process.platform === 'linux'
    ? missingTools('the unit for systemd', 'systemd-analyze')
    : 'systemd is for Linux';

describe('packaging', () => {
  const dockerfile = read('packaging/Dockerfile').replaceAll('\\\n', ' ');

  it('copies into the image what there is, and lets the builder see it', () => {
    const allowed = read('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths]) =>
      paths!.split(' '),
    );
    assert.ok(copied.length > 8);
    for (const path of copied) {
      assert.ok(existsSync(join(REPOSITORY, path)), path);
      assert.ok(allowed.includes(path), `${path} is ignored`);
    }
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    const shipped = dockerfile.slice(dockerfile.lastIndexOf('FROM '));
    // What is there to be read is not needed where nobody looks.
    const run = files.filter((path) => !['docs', 'examples', 'packaging'].includes(path));
    for (const path of run) assert.ok(shipped.includes(path), `${path} belongs to the package`);
  });

  it('ships whatever its texts lead to', () => {
    const { files } = JSON.parse(read('package.json')) as { files: string[] };
    // npm adds these by itself.
    const shipped = [...files, 'README.md', 'LICENSE', 'package.json'];
    const texts = shipped.flatMap((path) =>
      path.endsWith('.md')
        ? [path]
        : path === 'docs'
          ? readdirSync(join(REPOSITORY, path), { recursive: true, encoding: 'utf8' })
              .filter((name) => name.endsWith('.md'))
              .map((name) => join(path, name))
          : [],
    );
    assert.ok(texts.length > 20);
    for (const text of texts) {
      const links = [...read(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
      for (const link of links.filter((one) => !/^([a-z]+:|#)/.test(one))) {
        const [path] = join(text, '..', link).split('#');
        assert.ok(existsSync(join(REPOSITORY, path!)), `${text} leads to ${path}, which is not there`);
        const isShipped = shipped.some((one) => path === one || path!.startsWith(`${one}/`));
        assert.ok(isShipped, `${text} leads to ${path}, which is not in the package`);
      }
    }
  });

  it('sets what are settings, in the image and in the file of the unit', async () => {
    const environment = Object.fromEntries(
      [...dockerfile.matchAll(/\b(SEGMINT_\w+)=(\S+)/g)].map(([, name, value]) => [name!, value!]),
    );
    assert.ok(Object.keys(environment).length >= 3);
    const image = await resolveSettings({ roots: [], flags: {} }, environment);
    assert.deepEqual([image.settings.host, image.settings.roots], ['0.0.0.0', ['/media']]);
    const config = join(REPOSITORY, 'packaging/segmint.yaml');
    const unit = await resolveSettings({ roots: [], flags: {}, config }, {});
    assert.equal(unit.settings.store, '/var/cache/segmint');
  });

  it('has a unit that restarts whatever may heal, and not what its settings forbid', () => {
    const unit = read('packaging/segmint.service');
    const value = (name: string): string | undefined => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
    assert.equal(value('Restart'), 'on-failure');
    assert.equal(value('RestartPreventExitStatus'), String(exitCodeOf(new RequestError('no such setting'))));
    assert.ok(value('After')?.split(' ').includes('remote-fs.target'), 'films may lie on another machine');
  });

  it('has a unit that systemd understands and finds well closed', { skip }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'segmint-unit-'));
    try {
      const unit = join(folder, 'segmint.service');
      // It looks for the program where the unit says it is.
      await writeFile(
        unit,
        read('packaging/segmint.service').replace('/usr/local/bin/segmint', process.execPath),
      );
      const verdict = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
      assert.deepEqual([verdict.status, verdict.stderr], [0, '']);
      const args = ['security', '--offline=true', '--threshold=25', unit];
      const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
