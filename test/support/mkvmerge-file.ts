import { Buffer } from 'node:buffer';
import { gunzipSync } from 'node:zlib';

/**
 * A small file that mkvmerge 74 wrote and mkvpropedit completed: H.264 with B-frames, MP3 in EBML and fixed lacing with
 * a CodecDelay, SubRip compressed with zlib, colour, mastering display, projection roll, cropping, chapters, tags, an
 * attachment, Void elements, Cues. What tests expect of it is what mkvinfo and ffprobe 5.1 say.
 *
 * ```
 * ffmpeg -f lavfi -i testsrc2=s=32x16:r=25 -t 0.4 -c:v libx264 -preset veryslow -crf 40 -g 5 -bf 2 v.h264
 * ffmpeg -f lavfi -i sine=440:r=8000 -t 0.5 -ac 1 -c:a libmp3lame -b:a 8k a.mp3
 * mkvmerge -o raw.mkv --title Reference --default-duration 0:25fps --language 0:de --track-name 0:Bild v.h264 \
 *   --language 0:fr-CA a.mp3 --compression 0:zlib s.srt --chapters c.txt --attach-file f.ttf
 * mkvpropedit raw.mkv --edit track:1 --set projection-pose-roll=-90 --set color-primaries=9 ... \
 *   --set pixel-crop-left=8 --set display-width=48 --edit track:2 --set flag-forced=1 --set codec-delay=1000000
 * ```
 */
export const MKVMERGE_FILE: Uint8Array = new Uint8Array(
  gunzipSync(
    Buffer.from(
      'H4sIAAAAAAACA+1Za1ATWRa+nfAMgsAqguDSMDriKyQQCSoLefJwRLIkjaPOiDzy8BGQp+JI0TdpIAirMMsAKqto1Ci6bHyL+EDxEZ1x' +
        'Vh1dVHRg1FlZdVdQd0VnoKebQGlN6VbNn92qqXxFc/uce85Xfb57fuTeO1baaTSKSiAiekk9z6Cd6Dl0EukM2pTc7MycZSmiUspVDBne' +
        'clyNABr+Jz3iN+Xeim+pkO8hRsftVsn36tyZVtNP3rKMMn2PWk1PRZuaNnutprvYtIIyvWRW00e4fQlt+sa3lFOml6KJyoWL6BFFspoE' +
        'L9ohknPOoPpaPPP3NddMeojUQxB4qF6vVmaXrE9KjpdJY3jBcfKEYGGS+IP7eoKRuoCa/5MuXSnPIERLlqd3CXRmiB6D7goz5CioMX9F' +
        'aX4eceYgAJj5PnblPHaViJoeVYhdIyK/gA7YN0Qke9Rn2HUiao4TF7tBRDqMv4v9jfhdxNIirJ2IbBjLx24SkbuyzdgtQrKaIrlNzDK2' +
        's7AW6IxR7Ng+amyGCHZcx+zGTuiQSsVX0Clt2x4kHbDI74CPmhr35nuwWyUAMIEd/c8SEVvjgSPAUdMt1n9uMTedbIcMquovH3yx7nH3' +
        'GQ89ZNAlq7KVJWXCwZKD54TSxdrN3kYXW6zKniYWYo0QSWrUjxQJmo62QyaVn2FWbdG04Hw99BhSLS8jvaRcnqyQfqwIxhTR4VQy7dPi' +
        'JakCvYyHP7Eur9t4YIMNNthggw022GCDDTbYYIMNQ6D3/YKKye376D1nPG5cviRVmapdjuZz2Tw2D52CUo7hIwTayWdz5wn3aJfla5XZ' +
        'aiWaz+exOWwOGjRxfmYempCn1uSmoB9lZK6cOAkN401LXZIrKSMkgQBIUgwuSZbZWOpN8NnuskSlSpmtzEhT5myv9M3uNDTHfZK5MrLA' +
        '9VSO2Xdo+2pfaFscG2ywwYb/A+gzXUFwikkwJTqjWMXOzVVFLzaoMjNyg+nXT9bSr2hqQa4yJ7rJ0Hb7unDevSIpfS78VNr8RHoCAmkH' +
        '9dylnuMGQaPhgGWAt+CwKeesARd76rX1yRerIKijZusgglcW6xMylOI1emWGWlyoU2YcbqQCna/tP59fnPVBFeHy+MzbsYqVmW/FPvn+' +
        'f6KHv/hwnvD2QwiMgnUQAJyW6L2nwNTk8DEw9bpIaYDAh1w9tl641ZiWXTb6AbzRf2POby9ri8Or9R1Xyj6tfnI9aFGs18yligK32IjO' +
        'r/aH34nKn4p/e+nIcxjywjHcr017z35tzTny4g4F/3XROjU+4c6lU+R/VhcGjsozCu7qACAY5H3vs4DV43CjWQgYZMyKjsUOI/VdP1x3' +
        'YjiifZFFv9F3vUbhWWFPYR/6+FSbn0N/wLpPf3yY0LLjw9Lw+Wf5PyolE/y2uhTpaZ6R7htElUi1DGQ6PnJsBj5ZnitGluF/j/l43KOU' +
        'p7iGIZg8xanhGPnMo7tREuk/NpN8xWKKZJXTybK5+tnkECgeRzfNzgjkWwBou+9agDcT94yzbw1q3Tumwv/0rjN+iRWif6w43xdfEXZa' +
        '0/piJBQsCgAcDmvrhIP//IYc6PPcIUMbarZW6UE6WHX7eezlixcdgX0F8u9N0GKshGAVvTROwo1OHe5H7uO0J8jq2ew+NyChB9IeGf17' +
        'wgnZ7L2x8kgvbqyBoIGOcRNu9PFcame/TckJyLwP6fUVmR5StILyX7i+C5UGHLcrKuhujm4Cj8xZVf6dU4I8WS8+er0/YuGFgKKVE+At' +
        '/WVTc1Jh09O+hcE75kRfMWnGPMx6we3xvxeSF/dDWeDsVQWX/vrKnrgwQHZ8GPbyRMwW8qXlX06E1ig8pAPuhD0tppPrrp1TQdLxxZPK' +
        'Rqmv+E6cWHvVADrqV3YXmLp21y3V9epkLtXgmZ2wAeCKk/soxTu/jyLJBWQyuSaNGQAB0j7IM8Ktm+IxmXEdYgp03FhlsDTWP5BP2mMp' +
        'rStg7NMHedV5Ix7HokNre2f3kuStATLBup5Sknw1a7SgixNHuNI8Lq6anRzgMCCpY7kH5jI8IJxKVOFrXa+iHmir2wjAsRcBl0AgZCwr' +
        'odNfU9+SSJIDXNwbMAuZAPUb4YLQPO6u4TsFSBIAqLtL61nNl0x/1XW3pnNm/vYo/LQZZYLW8QCucgbbIn0gKwD1jLrA0XEuFVWcls3X' +
        'sWKPjtt+j7+e5vHyLGNXT6rWAHwGj+hiA21ruHfsX0hdPqvv+bh7KjlJhgZv2ntyTBTJnhjpzyYH8DUOmrp2st/uztIHk2fNm3YTRNE8' +
        'DiN6Dl9tbgPM/g21A6Ehtd6hoVkbNmGMzBsKu0n99g6sHpnM1BfE7bwi23qSNWIUac/yHYidPEcYLw1lczmcRgrGzUPN6TXYnLWvt+Q3' +
        'fz26/mifWXvUeT35nbFqqFWdB1s1s3/Mado12KvO1l59ZXxfs+L07dzBlvUHIDiy9iVEenVjpvRAZkvlAZh+pPwlZA46dEguHWIZCvFx' +
        'oULoezzxhZwcoSCttTztzZWc2vIHqVEvksklpQR/Bo+jtjRIjQYJlihUxCXMlZR+zuHMHPxj8zhDUFvqpMbKuVi8SJqYnBCdHJ1I1U/l' +
        '67jWqfVvpkTzFfSMPnQGX22xSI21yXIFRSxXxInlyfMS4xRxc2OShTKZpPSXbCzUlkNSY/27qCRChTQZU4glpX8M4YSETeNyp4WEoFz+' +
        'TG7YTB5PbWmjPvztPIUwhvq8P1Plo8Mloz8vDP1ZOZSGUVYNhy/43tYwfFCg92kYxgsf1rD2nRrCGe+TkEr9NUkYYZVw+I5TbakYllAf' +
        '8t8UDHnThe9RkKu21LxLQTj9V6PfTzra623yHwAA',
      'base64',
    ),
  ),
);
