import { box, type Box } from '../box.js';

/** Which specifications a file or segment follows. */
export interface FileType {
  /** The specification that describes it best. */
  readonly majorBrand: string;
  /** Every specification whose readers can play it, the major one included. */
  readonly compatibleBrands: readonly string[];
}

/**
 * FileTypeBox: the first box of an init segment.
 * @see ISO/IEC 14496-12 - 4.3
 */
export function buildFtyp(fileType: FileType): Box {
  return buildTypeBox('ftyp', fileType);
}

/**
 * Lays out the fields that `ftyp` and `styp` share; minor_version is informative and 0.
 * @param type - `ftyp` or `styp`.
 */
export function buildTypeBox(type: 'ftyp' | 'styp', { majorBrand, compatibleBrands }: FileType): Box {
  return box(type, 8 + 4 * compatibleBrands.length, (writer) => {
    writer.ascii(majorBrand);
    writer.u32(0);
    for (const brand of compatibleBrands) writer.ascii(brand);
  });
}
