import "./site.css";
import { confirmBeforeSubmit, submitOnlyOnce } from "./forms";
import { startLiveSections } from "./live";
import { closeMenusOnLeave, copyOnClick, dismissMessages, openDialogsOnClick } from "./parts";
import { switchThemeOnClick } from "./theme";
import { startSendingWhatIsLeft } from "./unsent";

switchThemeOnClick();
closeMenusOnLeave();
dismissMessages();
openDialogsOnClick();
copyOnClick();
confirmBeforeSubmit();
submitOnlyOnce();
startLiveSections();
startSendingWhatIsLeft();
