// Builds one file in dist for each entry. The banner also keeps each file on more than one line: by that Streamlit tells
// JavaScript from a path to a file.
import { build } from "esbuild";

await build({
  entryPoints: { channel: "src/shared/channel.js", map: "src/map/index.js", treemap: "src/treemap/index.js", offline: "src/offline/index.js" },
  outdir: process.argv[2] ?? "dist",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  banner: { js: "// RepGeom, Apache-2.0. Built from assets/components/src by `npm run build`; do not edit." },
  logLevel: "info",
});
