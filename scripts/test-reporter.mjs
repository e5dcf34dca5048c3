// What the process of a test file tells: to people, what node:test's own reporter of specifications writes, without its sums of
// this one file; to the runner, as lines of JSON on descriptor 3, which tests began and how they ended.
import { writeSync } from 'node:fs';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { spec } from 'node:test/reporters';

/** What is told of an error at most, in characters. */
const MAX_REASON = 2000;

export default async function* report(events) {
  yield* Readable.from(withoutSums(events)).compose(new spec());
}

async function* withoutSums(events) {
  for await (const event of events) {
    tell(event);
    if (event.type !== 'test:diagnostic' || event.data.nesting > 0) yield event;
  }
}

function tell({ type, data }) {
  const isSuite = data.details?.type === 'suite';
  if (type === 'test:dequeue') write({ kind: 'began', name: data.name });
  if (type === 'test:complete') write({ kind: 'ended', name: data.name });
  if (type === 'test:fail' && data.todo === undefined) {
    // A suite fails with its tests, and by itself where a hook of it does.
    const isOwn = data.details.error?.failureType !== 'subtestsFailed';
    if (isOwn) write({ kind: 'failed', name: data.name, reason: reasonOf(data.details.error) });
  }
  if (type === 'test:pass' || (type === 'test:fail' && data.todo !== undefined)) {
    if (isSuite) return;
    write({
      kind: data.skip === undefined && data.todo === undefined ? 'passed' : 'skipped',
      name: data.name,
    });
  }
}

/** Why a test failed: the error that it threw, with the place, for those who only see the end of the output. */
function reasonOf(error) {
  return inspect(error.cause ?? error, { colors: false }).slice(0, MAX_REASON);
}

function write(line) {
  try {
    writeSync(3, `${JSON.stringify(line)}\n`);
  } catch {
    // Nobody listens.
  }
}
