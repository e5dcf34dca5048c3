/** A box in a sample of text. */
export interface SampleBox {
  /** Four characters. */
  readonly type: string;
  /** What is in it; a view. */
  readonly body: Uint8Array;
}

/** Boxes of one sample, nested ones aside. */
const MAX_BOXES = 1024;

/**
 * Views the boxes that stand one after another; ends at the first that is none, or is cut off.
 * @see ISO/IEC 14496-12 - 4.2
 */
export function viewSampleBoxes(data: Uint8Array): SampleBox[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const boxes: SampleBox[] = [];
  for (let at = 0; at + 8 <= data.length && boxes.length < MAX_BOXES;) {
    const size = view.getUint32(at);
    if (size < 8 || at + size > data.length) break;
    boxes.push({
      type: String.fromCharCode(...data.subarray(at + 4, at + 8)),
      body: data.subarray(at + 8, at + size),
    });
    at += size;
  }
  return boxes;
}
