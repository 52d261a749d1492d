// Builds dist/map.js and dist/channel.js. The banner also keeps each file on more than one line: by that Streamlit tells
// JavaScript from a path to a file.
import { build } from "esbuild";

await build({
  entryPoints: { map: "src/index.js", channel: "src/channel.js" },
  outdir: process.argv[2] ?? "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  banner: { js: "// RepGeom, Apache-2.0. Built from assets/map/src by `npm run build`; do not edit." },
  logLevel: "info",
});
