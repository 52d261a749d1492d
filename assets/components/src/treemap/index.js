// Entry of the treemap component.

import { mounts } from "../shared/mount.js";
import { TreemapView } from "./view.js";

export default mounts(TreemapView);
