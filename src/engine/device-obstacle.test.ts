import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { findDeviceObstacle } from './device-obstacle.js';

describe('a reason why hardware cannot be here', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'segmint-devices-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  it('is another system', () => {
    assert.equal(findDeviceObstacle('vaapi', { platform: 'darwin', folder }), 'there is none on darwin');
    assert.equal(findDeviceObstacle('videotoolbox', { platform: 'darwin', folder }), undefined);
  });

  it('is the lack of its device on Linux, also where what should be a folder cannot be looked into', () => {
    const linux = { platform: 'linux', folder } as const;
    const missing = 'no device: there is no /dev/dri/renderD* or /dev/dxg*';
    assert.equal(findDeviceObstacle('qsv', linux), missing);
    writeFileSync(join(folder, 'dri'), '');
    assert.equal(findDeviceObstacle('qsv', linux), missing);
    rmSync(join(folder, 'dri'));
    mkdirSync(join(folder, 'dri'));
    writeFileSync(join(folder, 'dri', 'renderD128'), '');
    assert.equal(findDeviceObstacle('qsv', linux), undefined);
    writeFileSync(join(folder, 'nvidia0'), '');
    assert.equal(findDeviceObstacle('nvenc', linux), undefined);
  });
});
