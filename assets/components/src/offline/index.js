// Entry of the page that works without a server.

import { offerSheets, readPage, readPayloads } from "./page_data.js";
import { Page } from "./page.js";
import { STYLE } from "./style.js";
import { element } from "../shared/dom.js";

const page = readPage();
document.head.append(element("style", "", { text: STYLE }));
const thumbnails = offerSheets(page.sprites);
await readPayloads();
new Page(document.body, page, thumbnails);
