import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Codec, Filter, FilterGraph } from 'node-av/lib';
import { CHAIN_CODECS, CHAIN_DEVICES, chainVariantsOf, type ChainVariant } from '../device-chain.js';
import { chainClipOf } from './chain-clips.js';
import { deviceChains } from './device-chains.js';
import type { DeviceWork } from './device-work.js';
import { findHardwareDecoder } from './hardware-decoder.js';

const VARIANTS: readonly ChainVariant[] = ['plain', 'deep', 'interlaced', 'hdr'];

/** Apple's devices are in builds for macOS only, and Intel's and AMD's interface in those for Linux. */
const isBuilt = (memory: string): boolean => {
  if (memory === 'videotoolbox') return process.platform === 'darwin';
  return memory !== 'vaapi' || process.platform === 'linux';
};

describe('chains that stay in the memory of a device', () => {
  for (const device of CHAIN_DEVICES) {
    const chain = deviceChains[device]!;
    const works = VARIANTS.flatMap((variant) =>
      [false, true].map((isScaled): DeviceWork => ({ variant, isScaled, width: 640, height: 360 })),
    );
    const chains = new Set(works.flatMap((work) => chain.writeFilters(work) ?? []));
    for (const text of chains) {
      const name = text.split('=')[0]!;
      const skip = Filter.getByName(name) === null ? `NOT TESTED: this build has no ${name}` : false;
      if (skip !== false) process.stderr.write(`\n${skip}\n`);
      it(`${device}: ${name} has every option, with every value`, { skip }, () => {
        const graph = new FilterGraph();
        graph.alloc();
        const segment = graph.segmentParse(text)!;
        assert.equal(segment.createFilters(), 0);
        assert.equal(segment.applyOpts(), 0, text);
        segment.free();
        graph.free();
      });
    }

    const skip = isBuilt(device) ? false : `NOT TESTED: builds for this system know no ${device}`;
    if (skip !== false) process.stderr.write(`\n${skip}\n`);
    it(`${device}: decoders of H.264 and HEVC give frames in its memory`, { skip }, () => {
      for (const codec of ['h264', 'hevc']) {
        assert.ok(findHardwareDecoder(codec, chain.memory), codec);
      }
      assert.equal(findHardwareDecoder('theora', chain.memory), undefined);
    });
  }

  it('are tried with pictures that this build can make', () => {
    for (const codec of CHAIN_CODECS) {
      assert.equal(chainVariantsOf(codec)[0], 'plain');
      for (const variant of chainVariantsOf(codec)) {
        const { encoder } = chainClipOf(codec, variant).video;
        assert.ok(Codec.findEncoderByName(encoder as never), encoder);
      }
    }
    assert.deepEqual(chainVariantsOf('vc1'), []);
  });
});
