import type { Source } from '../media/source.js';

/** A source that is lent: closing it closes only what reads ahead of the lender, and leaves the source open. */
export function withoutClosing(source: Source): Source {
  return {
    name: source.name,
    size: source.size,
    seekable: source.seekable,
    identity: source.identity,
    isLocal: source.isLocal,
    path: source.path,
    stream: (offset, options) => source.stream(offset, options),
    read: (offset, length, options) => source.read(offset, length, options),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
