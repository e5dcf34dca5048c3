import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { getPriority } from 'node:os';
import { describe, it } from 'node:test';

/** How nice a process is that gives way after it has got a priority from outside. */
function nicenessAfter(inherited: number, niceness: string): number {
  const script = `
    import { getPriority, setPriority } from 'node:os';
    import { giveWay } from '${new URL('./give-way.js', import.meta.url).href}';
    setPriority(${inherited});
    giveWay('${niceness}');
    console.log(getPriority());`;
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script]));
}

describe(
  'giveWay',
  { skip: process.platform === 'win32' && 'Windows has classes of priority instead' },
  () => {
    it('goes so far below what the process was started with', () => {
      const own = Math.max(0, getPriority());
      assert.equal(nicenessAfter(own, '5'), Math.min(19, own + 5));
      assert.equal(nicenessAfter(Math.max(own, 10), '5'), Math.min(19, Math.max(own, 10) + 5));
      assert.equal(nicenessAfter(Math.max(own, 17), '5'), 19);
      assert.equal(nicenessAfter(own, '0'), own);
    });
  },
);
