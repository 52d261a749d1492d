// Draws the points with WebGL2, in one pass. Selected samples lie nearer (depth test), so they cover the others whatever
// the order; samples are drawn in a golden-ratio stride over the rows, which mixes classes that come sorted, and whose
// first part is an even subset: that is what is drawn while the hand moves and a full frame takes too long.

const VERTEX = `#version 300 es
precision highp float;
precision highp int;
layout(location = 0) in vec2 a_from;
layout(location = 1) in vec2 a_to;
layout(location = 2) in uint a_code;
layout(location = 3) in uint a_state;
uniform vec2 u_centre;
uniform vec2 u_scale;
uniform float u_mix;
uniform float u_size;
uniform float u_opacity;
uniform bool u_selecting;
uniform vec4 u_grey;
uniform sampler2D u_palette;
flat out vec4 v_colour;
flat out float v_radius;
void main() {
  vec4 colour = texelFetch(u_palette, ivec2(int(a_code & 255u), int(a_code >> 8)), 0);
  bool selected = (a_state & 1u) != 0u;
  gl_PointSize = u_size;
  if (colour.a == 0.0 || (a_state & 2u) != 0u) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  vec2 p = mix(a_from, a_to, u_mix);
  bool grey = u_selecting && !selected;
  gl_Position = vec4((p - u_centre) * u_scale, grey ? 0.5 : 0.0, 1.0);
  v_colour = grey ? vec4(u_grey.rgb, u_grey.a * u_opacity) : vec4(colour.rgb, u_selecting ? min(1.0, u_opacity * 1.3) : u_opacity);
  v_radius = 0.5 * u_size;
}`;

const FRAGMENT = `#version 300 es
precision mediump float;
flat in vec4 v_colour;
flat in float v_radius;
out vec4 colour;
void main() {
  float cover = 1.0;
  if (v_radius > 0.85) {
    vec2 d = gl_PointCoord - 0.5;
    cover = clamp((0.5 - length(d)) * 2.0 * v_radius + 0.5, 0.0, 1.0);
    if (cover < 0.02) discard;
  }
  colour = vec4(v_colour.rgb, v_colour.a * cover);
}`;

const PALETTE_SIDE = 256;

function compile(gl) {
  const program = gl.createProgram();
  for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(type);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) throw new Error(gl.getProgramInfoLog(program));
  return program;
}

function goldenOrder(n) {
  const gcd = (a, b) => (b ? gcd(b, a % b) : a);
  let step = Math.max(1, Math.round(n * 0.6180339887498949));
  while (gcd(step, n) !== 1) step++;
  const order = new Uint32Array(n);
  for (let k = 0, row = 0; k < n; k++) {
    order[k] = row;
    row += step;
    if (row >= n) row -= n;
  }
  return order;
}

export class Renderer {
  /** Throws when the browser has no WebGL2. */
  constructor(canvas) {
    this.gl = canvas.getContext("webgl2", { antialias: false, alpha: false, depth: true, powerPreference: "high-performance" });
    if (!this.gl) throw new Error("no WebGL2");
    this.canvas = canvas;
    this.n = 0;
    this.arrays = { to: null, from: null, codes: null, states: null, palette: null };
    this.setUp();
  }

  /** Makes all GL objects; called again after a lost context was restored, when the arrays are uploaded anew. */
  setUp() {
    const { gl } = this;
    this.program = compile(gl);
    this.uniforms = Object.fromEntries(
      ["centre", "scale", "mix", "size", "opacity", "selecting", "grey", "palette"].map((u) => [u, gl.getUniformLocation(this.program, `u_${u}`)]),
    );
    this.vertexArray = gl.createVertexArray();
    this.buffers = { from: gl.createBuffer(), to: gl.createBuffer(), codes: gl.createBuffer(), states: gl.createBuffer(), order: gl.createBuffer() };
    this.ordered = -1; // how many samples the order buffer is for
    this.texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
    gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
    const { to, from, codes, states, palette } = this.arrays;
    if (to) this.setPositions(to, from);
    if (codes) this.setCodes(codes);
    if (states) this.setStates(states);
    if (palette) this.setPalette(palette);
  }

  upload(name, data, location, size, type, whole) {
    const { gl } = this;
    gl.bindVertexArray(this.vertexArray);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(location);
    if (whole) gl.vertexAttribIPointer(location, size, type, 0, 0);
    else gl.vertexAttribPointer(location, size, type, false, 0, 0);
  }

  /** Interleaved positions; `from` (optional) are those an animation starts from. */
  setPositions(to, from = null) {
    const { gl } = this;
    this.arrays.to = to;
    this.arrays.from = from;
    this.upload("to", to, 1, 2, gl.FLOAT, false);
    if (from) this.upload("from", from, 0, 2, gl.FLOAT, false);
    else {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers.to);
      gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
      gl.enableVertexAttribArray(0);
    }
    const n = to.length >> 1;
    if (this.ordered !== n) {
      gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, goldenOrder(n), gl.STATIC_DRAW);
      this.ordered = n;
    }
    this.n = n;
  }

  setCodes(codes) {
    const { gl } = this;
    this.arrays.codes = codes;
    this.upload("codes", codes, 2, 1, codes instanceof Uint16Array ? gl.UNSIGNED_SHORT : gl.UNSIGNED_BYTE, true);
  }

  /** Bit 0: selected, bit 1: hidden by a filter. */
  setStates(states) {
    this.arrays.states = states;
    this.upload("states", states, 3, 1, this.gl.UNSIGNED_BYTE, true);
  }

  /** RGBA of every code, alpha 0 hides it; the length is a multiple of 4 * 256. */
  setPalette(rgba) {
    const { gl } = this;
    this.arrays.palette = rgba;
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, PALETTE_SIDE, rgba.length / 4 / PALETTE_SIDE, 0, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  }

  /** `look`: { size (device px), opacity, mix, selecting, grey [r, g, b, a], background [r, g, b], fraction (0, 1] }. */
  draw(camera, look) {
    const { gl, uniforms: u } = this;
    const { width, height } = this.canvas;
    gl.viewport(0, 0, width, height);
    gl.clearColor(look.background[0], look.background[1], look.background[2], 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const { to, codes, states, palette } = this.arrays;
    if (!to || !codes || !states || !palette || codes.length !== this.n || states.length !== this.n) return;
    gl.useProgram(this.program);
    gl.enable(gl.BLEND);
    gl.blendFuncSeparate(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA, gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    // Without a selection all lie at the same depth, and the test would only cost time.
    if (look.selecting) {
      gl.enable(gl.DEPTH_TEST);
      gl.depthFunc(gl.LEQUAL);
    } else gl.disable(gl.DEPTH_TEST);
    gl.uniform2f(u.centre, camera.x, camera.y);
    gl.uniform2f(u.scale, (2 * camera.scale) / camera.width, (2 * camera.scale) / camera.height);
    gl.uniform1f(u.mix, look.mix);
    gl.uniform1f(u.size, look.size);
    gl.uniform1f(u.opacity, look.opacity);
    gl.uniform1i(u.selecting, look.selecting ? 1 : 0);
    gl.uniform4fv(u.grey, look.grey);
    gl.uniform1i(u.palette, 0);
    gl.bindTexture(gl.TEXTURE_2D, this.texture);
    gl.bindVertexArray(this.vertexArray);
    gl.drawElements(gl.POINTS, Math.ceil(this.n * look.fraction), gl.UNSIGNED_INT, 0);
  }

  /** Calls `done` once everything drawn so far is on the screen's buffer. */
  whenDrawn(done) {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    const look = () => {
      if (gl.isContextLost() || !fence) return;
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED) {
        gl.deleteSync(fence);
        done();
      } else setTimeout(look, 3);
    };
    setTimeout(look, 0);
  }

  dispose() {
    this.gl.getExtension("WEBGL_lose_context")?.loseContext();
  }
}
