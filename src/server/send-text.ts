import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FastifyReply } from 'fastify';
import { takesCoding } from './accept-encoding.js';
import { isNoneMatchMet, tagOfText } from './entity-tag.js';

const compress = promisify(gzip);

/** Below this a compressed answer takes no fewer packets than a plain one. */
const WORTH_COMPRESSING = 1200;

/** A text that is sent, once or often, with what has been made of it for that. */
export class SendableText {
  readonly #text: string;
  readonly #type: string;
  readonly #tags = new Map<string, string>();
  #compressed: Promise<Uint8Array> | undefined;

  /**
   * @param text - what is sent.
   * @param type - its media type.
   */
  constructor(text: string, type: string) {
    this.#text = text;
    this.#type = type;
  }

  /**
   * Sends it, compressed for clients that take it. Clients ask again whether it has changed, and are told by the tag.
   * @param reply - where to.
   * @param isKept - false when a client must not keep it, as nothing tells whether it still holds.
   */
  async send(reply: FastifyReply, isKept: boolean): Promise<void> {
    const { headers } = reply.request;
    const isCompressed =
      this.#text.length >= WORTH_COMPRESSING && takesCoding(headers['accept-encoding'], 'gzip');
    reply.raw.appendHeader('vary', 'Accept-Encoding');
    const kept = reply.server.cacheScope === 'private' ? 'private, no-cache' : 'no-cache';
    reply.header('cache-control', isKept ? kept : 'no-store');
    if (isKept) {
      const tag = this.#tag(isCompressed ? 'gzip' : undefined);
      reply.header('etag', tag);
      if (isNoneMatchMet(headers['if-none-match'], tag)) {
        await reply.status(304).send();
        return;
      }
    }
    reply.header('content-type', this.#type);
    if (isCompressed) reply.header('content-encoding', 'gzip');
    await reply.send(isCompressed ? await this.#compress() : new TextEncoder().encode(this.#text));
  }

  #tag(coding: 'gzip' | undefined): string {
    const tag = this.#tags.get(coding ?? '') ?? tagOfText(this.#text, coding);
    this.#tags.set(coding ?? '', tag);
    return tag;
  }

  #compress(): Promise<Uint8Array> {
    this.#compressed ??= compress(new TextEncoder().encode(this.#text));
    return this.#compressed;
  }
}
