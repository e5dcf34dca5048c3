import { FilterGraph, type FilterContext, type Frame } from 'node-av/lib';
import { EngineError } from '../../errors.js';
import { check, isPause } from './native.js';

/** The name under which a graph's sink is found again. */
const SINK_ID = 'out';

/** A filter chain that makes pictures or sound out of nothing. */
export class SynthesisSource implements Disposable {
  /** The end of the chain; valid as long as the source is. */
  readonly sink: FilterContext;
  readonly #graph = new FilterGraph();

  /**
   * Sets a chain up.
   * @param chain - the filters, from a source to before the sink.
   * @param kind - what it makes.
   * @throws {EngineError} when libavfilter does not accept the chain.
   */
  constructor(chain: string, kind: 'video' | 'audio') {
    const sink = `${kind === 'video' ? 'buffersink' : 'abuffersink'}@${SINK_ID}`;
    this.#graph.alloc();
    try {
      this.#graph.nbThreads = 1;
      check(this.#graph.parsePtr(`${chain},${sink}`), `Reading the filter chain "${chain}"`);
      check(this.#graph.configSync(), `Setting up the filter chain "${chain}"`);
      const context = this.#graph.getFilter(sink);
      if (context === null) throw new EngineError(`The filter chain "${chain}" has no end.`);
      this.sink = context;
    } catch (error) {
      this.#graph.free();
      throw error;
    }
  }

  /**
   * Makes the next frame.
   * @param frame - takes it.
   * @returns false when the chain has ended.
   */
  next(frame: Frame): boolean {
    const code = this.sink.buffersinkGetFrameSync(frame);
    if (isPause(code)) return false;
    check(code, 'Making a frame');
    return true;
  }

  /** Frees the chain. */
  [Symbol.dispose](): void {
    this.#graph.free();
  }
}
