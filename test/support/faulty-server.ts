import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { seededRandom } from './seeded-random.js';

/** What a {@link FaultyServer} may do to an answer. */
export type Fault =
  /** The connection is cut at a place that chance chooses, for about every second answer. */
  | 'cut'
  /** Some answers stop in the middle, and the connection stays open. */
  | 'stall'
  /** Bursts of 500, 502, 503 and 429. */
  | 'busy'
  /** A part ends, in due form, before the end that its Content-Range announces. */
  | 'short'
  /** Another part than was asked for. */
  | 'other-range'
  /** No ranges at all. */
  | 'no-ranges'
  /** No ranges any more, from the third answer on. */
  | 'ranges-forgotten'
  /** Other bytes of the same length from the third answer on, with another ETag. */
  | 'replaced'
  /** The same without an ETag; a date tells. */
  | 'replaced-dated'
  /** Longer by a byte from the third answer on; nothing else tells. */
  | 'replaced-longer';

const MAX_STALLS = 3;

/** A web server that holds one file, and a grudge. What it does is the same in each run. */
export class FaultyServer implements AsyncDisposable {
  /** Address of the file. */
  readonly url: string;
  /** How many requests came. */
  requests = 0;
  readonly #server: Server;
  readonly #bytes: Uint8Array;
  readonly #fault: Fault;
  readonly #random: (below: number) => number;
  #stalls = 0;

  private constructor(server: Server, bytes: Uint8Array, fault: Fault) {
    this.#server = server;
    this.#bytes = bytes;
    this.#fault = fault;
    this.#random = seededRandom(fault);
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/film`;
    server.on('request', (request, response) => this.#answer(request, response));
  }

  /** Starts one. */
  static async start(bytes: Uint8Array, fault: Fault): Promise<FaultyServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new FaultyServer(server, bytes, fault);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const count = ++this.requests;
    const isLate = count > 2;
    if (this.#fault === 'busy' && this.#random(3) > 0) {
      const status = [500, 502, 503, 429][this.#random(4)]!;
      response.writeHead(status, { 'retry-after': '0' }).end('busy');
      return;
    }
    const { body, validators } = this.#state(isLate);
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const condition = request.headers['if-range'];
    const isChanged = condition !== undefined && !Object.values(validators).includes(String(condition));
    const knowsRanges = this.#fault !== 'no-ranges' && !(isLate && this.#fault === 'ranges-forgotten');
    if (range === null || isChanged || !knowsRanges) {
      response.writeHead(200, { 'content-length': body.length, ...validators }).end(body);
      return;
    }
    const isOther = isLate && this.#fault === 'other-range';
    const start = Math.max(0, Number(range[1]) - (isOther ? 1 : 0));
    const end = range[2] === '' ? body.length - 1 : Math.min(Number(range[2]), body.length - 1);
    this.#sendPart(response, body, start, end, validators);
  }

  #sendPart(
    response: ServerResponse,
    body: Uint8Array,
    start: number,
    end: number,
    validators: Record<string, string>,
  ): void {
    const part = body.subarray(start, end + 1);
    const sent = this.#random(part.length);
    const headers = { 'content-range': `bytes ${start}-${end}/${body.length}`, ...validators };
    const hasFault = this.#random(2) === 0;
    if (hasFault && this.#fault === 'short') {
      response.writeHead(206, { ...headers, 'content-length': sent }).end(part.subarray(0, sent));
      return;
    }
    response.writeHead(206, { ...headers, 'content-length': part.length });
    if (hasFault && this.#fault === 'cut') {
      response.write(part.subarray(0, sent), () => response.destroy());
    } else if (hasFault && this.#fault === 'stall' && this.#stalls++ < MAX_STALLS) {
      response.write(part.subarray(0, sent));
    } else {
      response.end(part);
    }
  }

  /** What the file is now, and what tells so. */
  #state(isLate: boolean): { body: Uint8Array; validators: Record<string, string> } {
    const other = this.#bytes.map((byte, index) => (index < 1000 ? byte : byte ^ 0x55));
    switch (this.#fault) {
      case 'replaced':
        return isLate
          ? { body: other, validators: { etag: '"2"' } }
          : { body: this.#bytes, validators: { etag: '"1"' } };
      case 'replaced-dated': {
        const date = new Date(Date.UTC(2026, 0, isLate ? 2 : 1)).toUTCString();
        return { body: isLate ? other : this.#bytes, validators: { 'last-modified': date } };
      }
      case 'replaced-longer':
        return { body: isLate ? longer(other) : this.#bytes, validators: {} };
      case 'ranges-forgotten':
        return { body: this.#bytes, validators: {} };
      default:
        return { body: this.#bytes, validators: { etag: '"1"' } };
    }
  }
}

function longer(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(bytes.length + 1);
  copy.set(bytes);
  return copy;
}
