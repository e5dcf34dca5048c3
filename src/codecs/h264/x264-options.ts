import { removeEmulationPrevention } from '../nal/emulation-prevention.js';
import { viewNalUnits } from '../nal/framing.js';
import type { NalLengthSize } from '../nal/length-prefixed.js';
import { seiPayloadType, viewSeiPayload } from '../nal/sei.js';
import { SegmintError } from '../../errors.js';
import { avcNalType } from './nal-type.js';

/** uuid_iso_iec_11578 of the message in which x264 states its options: dc45e9bd-e6d9-48b7-962c-d820d923eeef. */
const X264_UUID = [
  0xdc, 0x45, 0xe9, 0xbd, 0xe6, 0xd9, 0x48, 0xb7, 0x96, 0x2c, 0xd8, 0x20, 0xd9, 0x23, 0xee, 0xef,
];
/** The message is about 700 bytes long. */
const MAX_SEI_BYTES = 4096;

/**
 * Tells what an H.264 stream says of its keyframes by the options that x264 writes into its first sample.
 * @param sample - the first sample, as its container stores it.
 * @param lengthSize - bytes of the NAL unit lengths; undefined for samples in Annex B form.
 * @returns `closed`: it has no keyframes but IDR pictures. `open`: pictures between the first and the last refer across
 * keyframes, or are refreshed little by little, so that hardly one but the first is an IDR picture. Undefined when nothing
 * is said.
 */
export function statedGops(
  sample: Uint8Array,
  lengthSize: NalLengthSize | undefined,
): 'closed' | 'open' | undefined {
  try {
    for (const unit of viewNalUnits(sample, lengthSize)) {
      if ((unit[0]! & 0x1f) !== avcNalType.sei) continue;
      const rbsp = removeEmulationPrevention(unit.subarray(1, MAX_SEI_BYTES));
      const payload = viewSeiPayload(rbsp, seiPayloadType.userDataUnregistered);
      if (payload === undefined || !X264_UUID.every((byte, i) => payload[i] === byte)) continue;
      const options = new TextDecoder('latin1').decode(payload.subarray(X264_UUID.length));
      if (options.includes(' open_gop=0 ') && options.includes(' intra_refresh=0 ')) return 'closed';
      return / (open_gop|intra_refresh)=1 /.test(options) ? 'open' : undefined;
    }
  } catch (error) {
    // A sample that cannot be taken apart says nothing.
    if (!(error instanceof SegmintError)) throw error;
  }
  return undefined;
}
