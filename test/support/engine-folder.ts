import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { createEnginePool, type EnginePool } from '../../src/engine/pool.js';

/** What the tests of a suite share; there while they and the suite's own hooks run. */
export interface EngineFolder {
  /** A pool of one engine. */
  readonly engine: EnginePool;
  /** Names a file in the suite's folder. */
  fileOf(name: string): string;
}

/** Has a pool of one engine and a folder for a suite: to be called in its `describe`, before its own hooks are set. */
export function useEngineFolder(): EngineFolder {
  let engine: EnginePool | undefined;
  let folder = '';
  before(() => {
    engine = createEnginePool({ size: 1 });
    folder = mkdtempSync(join(tmpdir(), 'segmint-test-'));
  });
  after(async () => {
    await engine?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get engine() {
      return engine!;
    },
    fileOf: (name) => join(folder, name),
  };
}
