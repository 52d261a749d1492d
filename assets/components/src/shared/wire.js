// The binary protocol. A message is: "RGM1", uint32 length of the header, header (UTF-8 JSON, padded with spaces to a
// multiple of 8 bytes from the start), then arrays, each at a multiple of 8. Everything is little-endian, as browsers are.

const TYPES = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
};
const MAGIC = 0x314d4752; // "RGM1"
export const NO_CLASS = 65_535; // the code of a sample, or cluster, without a class
const text = new TextDecoder();

export function readHeader(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== MAGIC) throw new Error("This is no RepGeom message: its first four bytes are wrong.");
  return JSON.parse(text.decode(bytes.subarray(8, 8 + view.getUint32(4, true))));
}

/** Header fields plus `arrays: { name: typed array }`; arrays own their memory (the message may lie unaligned). */
export function unpack(bytes) {
  const header = readHeader(bytes);
  const arrays = {};
  for (const { name, dtype, offset, length } of header.arrays) {
    const Type = TYPES[dtype];
    const start = bytes.byteOffset + offset;
    arrays[name] = new Type(bytes.buffer.slice(start, start + length * Type.BYTES_PER_ELEMENT));
  }
  return { ...header, arrays };
}

/** Bit i of byte i >> 3 is sample i. */
export function bitsFromBase64(encoded, n) {
  const bits = new Uint8Array((n + 7) >> 3);
  if (!encoded) return bits;
  const binary = atob(encoded);
  const length = Math.min(binary.length, bits.length);
  for (let i = 0; i < length; i++) bits[i] = binary.charCodeAt(i);
  return bits;
}

export function base64FromBits(bits) {
  let binary = "";
  for (let i = 0; i < bits.length; i += 8192) binary += String.fromCharCode.apply(null, bits.subarray(i, i + 8192));
  return btoa(binary);
}

export function countBits(bits) {
  let count = 0;
  for (let i = 0; i < bits.length; i++) {
    let b = bits[i];
    b -= (b >> 1) & 0x55;
    b = (b & 0x33) + ((b >> 2) & 0x33);
    count += (b + (b >> 4)) & 0x0f;
  }
  return count;
}

/** The value of one hover column at a row, as text; strings are decoded only when they are looked at. */
export function cellText(column, arrays, row) {
  if (column.kind === "number") return formatNumber(arrays[column.values][row], column.integer);
  const code = arrays[column.codes][row];
  const offsets = arrays[column.offsets];
  if (code + 1 >= offsets.length) return "–";
  return text.decode(arrays[column.table].subarray(offsets[code], offsets[code + 1]));
}

export function formatNumber(value, integer = false) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (integer || (Number.isInteger(value) && Math.abs(value) < 1e6)) return String(value).replace("-", "−");
  const size = Math.abs(value);
  const short = size !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential(2) : String(Number(value.toPrecision(4)));
  return short.replace("-", "−");
}

export const formatCount = (count) => count.toLocaleString("en-US");
