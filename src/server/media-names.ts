import { extname } from 'node:path';

const EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'mkv mka mk3d webm mp4 m4v m4a m4b m4r mov qt ismv 3gp 3g2 f4v avi divx wmv asf wma flv ogv ogm ogg oga opus spx rm rmvb ' +
    'ts m2ts mts m2t tp trp mpg mpeg mpe m1v m2v vob mxf gxf dv nut wtv ivf obu h264 264 hevc h265 265 mp3 mp2 aac ac3 eac3 ec3 ' +
    'dts dtshd thd mlp flac wav w64 wv tta tak ape mpc amr awb aif aiff au caf voc'
  )
    .split(' ')
    .map((extension) => `.${extension}`),
);

/** Whether a file is one of media, by the ending of its name. */
export function isMedia(path: string): boolean {
  return EXTENSIONS.has(extname(path).toLowerCase());
}

const collator = new Intl.Collator('en', { numeric: true });

/** Sorts names as people do: 2 before 10. */
export function compareNames(a: string, b: string): number {
  return collator.compare(a, b);
}
