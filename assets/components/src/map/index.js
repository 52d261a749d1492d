// Entry of the map component.

import { mounts } from "../shared/mount.js";
import { MapView } from "./view.js";

export default mounts(MapView);
