// Runs on the server: renders panels to HTML.

import { renderToString } from "react-dom/server";
import { Panels } from "./panel.jsx";

export const render = (panels) => renderToString(<Panels panels={panels} />);
