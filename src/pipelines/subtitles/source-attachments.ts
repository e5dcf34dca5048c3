import { RequestError } from '../../errors.js';
import type { Attachment } from '../../media/media-info.js';
import type { ReadOptions, Source } from '../../media/source.js';
import { describeAttachments, type AttachmentDescription } from './attachments.js';

/** The files that travel inside a source. */
export class SourceAttachments {
  readonly #attachments: readonly Attachment[];
  readonly #source: Source;

  /**
   * @param attachments - in stored order.
   * @param source - that they are in; seekable, and not owned.
   */
  constructor(attachments: readonly Attachment[], source: Source) {
    this.#attachments = attachments;
    this.#source = source;
  }

  /**
   * Describes one of them.
   * @param number - its place, from 0.
   * @throws {RequestError} `not_found` when there is no such file.
   */
  describe(number: number): AttachmentDescription {
    const description = describeAttachments(this.#attachments)[number];
    if (description === undefined) throw new RequestError('There is no such attached file.', 'not_found');
    return description;
  }

  /**
   * Reads one of them.
   * @returns its bytes, as they are read; fewer only when the source ends within it.
   * @throws {SourceError} when the source cannot be read.
   */
  async *read(number: number, { signal }: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const { size } = this.describe(number);
    const { offset } = this.#attachments[number]!;
    let left = size;
    for await (const chunk of this.#source.stream(offset, { signal, end: offset + size })) {
      yield chunk.subarray(0, left);
      left -= Math.min(left, chunk.length);
      if (left === 0) return;
    }
  }
}
