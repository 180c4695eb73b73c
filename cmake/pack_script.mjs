// Packs a script as the page holds it: gzip in base64. The bytes depend on the script alone.
//
//   node pack_script.mjs SCRIPT PACKED

import {readFileSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';

const [script, packed] = process.argv.slice(2);
const bytes = gzipSync(readFileSync(script), {level: 9});
bytes[9] = 255;  // the operating system, which is no matter
writeFileSync(packed, bytes.toString('base64'));
