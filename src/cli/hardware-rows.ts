import type { ChainVariant } from '../engine/device-chain.js';
import type { HardwareReport } from './examine-machine.js';
import { printable } from './format.js';

/** What pictures are like, behind the name of a codec. */
const VARIANTS: Readonly<Record<ChainVariant, string>> = {
  plain: '',
  deep: ', 10 bits',
  interlaced: ', interlaced',
  hdr: ', HDR',
};

/**
 * Lays a kind of hardware out in rows of three columns: its encoder, and below what it decodes without leaving its memory.
 * @param report - what was found out.
 */
export function hardwareRows({ device, isWorking, detail, chains }: HardwareReport): string[][] {
  const encoder = [device, isWorking ? 'yes' : 'no', printable(detail)];
  if (!isWorking) return [encoder];
  if (chains.length === 0) return [encoder, ['  decoding', 'no', 'the processor decodes for this kind']];
  return [
    encoder,
    ...chains.map((chain) => [
      `  decoding ${chain.codec}${VARIANTS[chain.variant]}`,
      chain.isWorking ? 'yes' : 'no',
      printable(chain.isWorking ? chain.detail : `the processor decodes: ${chain.detail}`),
    ]),
  ];
}
