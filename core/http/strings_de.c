/* SPDX-License-Identifier: Apache-2.0 */
/* strings_de.c - German. */
#include "core/http/strings.h"

static const char *const strings[IDP_STRING_COUNT] = {
    [IDP_TITLE_DEVICE] = "Gerät verbinden",
    [IDP_TITLE_DECISION] = "Dieses Gerät zulassen?",
    [IDP_TITLE_AUTHORIZE] = "Das zulassen?",
    [IDP_TITLE_GOING_BACK] = "Auf dem Rückweg",
    [IDP_TITLE_APPROVED] = "Gerät verbunden",
    [IDP_TITLE_DENIED] = "Gerät abgelehnt",
    [IDP_TITLE_EXPIRED] = "Der Code ist abgelaufen",
    [IDP_TITLE_TOO_MANY] = "Zu viele Versuche",
    [IDP_TITLE_DECIDED] = "Schon beantwortet",
    [IDP_TITLE_ADMINISTRATIVE] = "Nicht auf dieser Seite",
    [IDP_TITLE_LOCKED] = "Dieses Konto ist gesperrt",
    [IDP_TITLE_UNAUTHORIZED] = "Dieses Gerät darf sich nicht verbinden",
    [IDP_TITLE_DEVICES] = "Meine Geräte",
    [IDP_TITLE_REMOVE] = "Dieses Gerät entfernen?",
    [IDP_TITLE_LOGIN] = "Anmelden",
    [IDP_TITLE_SIGNED_IN] = "Angemeldet",
    [IDP_TITLE_NOT_SIGNED_IN] = "Nicht angemeldet",
    [IDP_TITLE_SIGNED_OUT] = "Abgemeldet",
    [IDP_TITLE_NOT_FOUND] = "Nicht gefunden",
    [IDP_TITLE_NOT_DONE] = "Nicht ausgeführt",
    [IDP_SAY_SIGNED_IN_AS] = "Angemeldet als {}.",
    [IDP_SAY_CODE_HINT] = "Striche, Leerzeichen sowie Groß- und Kleinschreibung sind egal.",
    [IDP_SAY_WANTS] = "{} möchte in Ihrem Namen handeln.",
    [IDP_SAY_SCOPES] = "Erlaubt wird damit:",
    [IDP_SAY_GOES_BACK] = "Danach geht es zurück zu {}.",
    [IDP_SAY_GOING_BACK] = "Es geht zurück zu {}.",
    [IDP_SAY_COMPARE] = "Lassen Sie es nur zu, wenn ein Gerät vor Ihnen diesen Code zeigt.",
    [IDP_SAY_FROM_LINK] = "Sie kommen über einen Link, den Ihnen jeder geschickt haben kann. "
                          "Sehen Sie auf das Gerät: Zeigt es diesen Code?",
    [IDP_SAY_JUST_NOW] = "gerade eben",
    [IDP_SAY_SECONDS_AGO] = "vor {} Sekunden",
    [IDP_SAY_MINUTES_AGO] = "vor {} Minuten",
    [IDP_SAY_YOURS] = "Ihre ist {}",
    [IDP_SAY_APPROVED] = "Das Gerät ist verbunden. Sie können dort weitermachen.",
    [IDP_SAY_APPROVED_CLIENT] = "{} ist verbunden. Sie können am Gerät weitermachen.",
    [IDP_SAY_DENIED] = "Das Gerät wurde nicht zugelassen. Sie können diese Seite schließen.",
    [IDP_SAY_EXPIRED] = "Ein Code gilt nur wenige Minuten. Beginnen Sie am Gerät von vorn: Es "
                        "zeigt dann einen neuen.",
    [IDP_SAY_TOO_MANY] = "Es waren zu viele falsche Codes. Warten Sie {} min, und geben Sie dann "
                         "den Code ein, den das Gerät zeigt.",
    [IDP_SAY_DECIDED] = "Jemand hat diese Anfrage schon zugelassen oder abgelehnt, und dabei "
                        "bleibt es. Wenn Sie das nicht waren, beginnen Sie am Gerät von vorn.",
    [IDP_SAY_ADMINISTRATIVE] = "Dieses Gerät möchte den Dienst verwalten. Das genehmigt, wer ihn "
                               "betreibt, nicht diese Seite.",
    [IDP_SAY_LOCKED] = "Hier geht damit nichts mehr. Wer diesen Dienst betreibt, kann es "
                       "entsperren.",
    [IDP_SAY_UNAUTHORIZED] = "Was darauf läuft, ist hier abgeschaltet oder darf so nicht fragen. "
                             "Wenden Sie sich an den Betreiber des Dienstes.",
    [IDP_SAY_NO_DEVICES] = "Kein Gerät und kein Programm handelt in Ihrem Namen.",
    [IDP_SAY_REMOVE] = "{} kann dann nichts mehr für Sie tun, bis Sie es neu zulassen.",
    [IDP_SAY_NO_CONNECTION] = "Noch kann sich niemand anmelden: Zuerst muss eine Verbindung "
                              "eingerichtet werden, die auf dieser Seite sichtbar ist.",
    [IDP_SAY_PROXY_LOGIN] = "Sie melden sich an, bevor Sie hierher kommen, und niemand hat gesagt, "
                            "wer Sie sind. Öffnen Sie die Adresse, die man Ihnen für diesen "
                            "Dienst gegeben hat.",
    [IDP_SAY_REFUSED] = "Der Zugang wurde verweigert. Wer diesen Dienst verwaltet, sieht den Grund "
                        "im Protokoll.",
    [IDP_SAY_REASON] = "Grund: {}",
    [IDP_SAY_SIGNED_OUT] = "Hier sind Sie abgemeldet.",
    [IDP_SAY_LEAVING] = "Wo Sie sich angemeldet haben, werden Sie jetzt auch abgemeldet.",
    [IDP_LABEL_USER_CODE] = "Code, den das Gerät zeigt",
    [IDP_LABEL_CONFIRMED] = "Ja, das Gerät vor mir zeigt diesen Code",
    [IDP_LABEL_CODE] = "Code",
    [IDP_LABEL_DEVICE] = "Gerät",
    [IDP_LABEL_ADDRESS] = "Adresse",
    [IDP_LABEL_PROGRAM] = "Programm",
    [IDP_LABEL_ASKED] = "Angefragt",
    [IDP_LABEL_NAME] = "Ihr Name dafür",
    [IDP_LABEL_SCOPE] = "Darf",
    [IDP_LABEL_SINCE] = "Seit",
    [IDP_LABEL_USED] = "Zuletzt",
    [IDP_BUTTON_CONTINUE] = "Weiter",
    [IDP_BUTTON_ALLOW] = "Zulassen",
    [IDP_BUTTON_DENY] = "Ablehnen",
    [IDP_BUTTON_CONNECT] = "Gerät verbinden",
    [IDP_BUTTON_CONNECT_ANOTHER] = "Noch ein Gerät verbinden",
    [IDP_BUTTON_ANOTHER_CODE] = "Anderen Code eingeben",
    [IDP_BUTTON_DEVICES] = "Meine Geräte",
    [IDP_BUTTON_RENAME] = "Umbenennen",
    [IDP_BUTTON_REMOVE] = "Entfernen",
    [IDP_BUTTON_KEEP] = "Behalten",
    [IDP_BUTTON_SIGN_IN] = "Anmelden",
    [IDP_BUTTON_SIGN_IN_AGAIN] = "Neu anmelden",
    [IDP_BUTTON_SIGN_OUT] = "Abmelden",
    [IDP_BUTTON_SIGN_OUT_THERE] = "Dort abmelden",
};

static const char *const errors[IDP_TEMPORARILY_UNAVAILABLE + 1] = {
    [IDP_OK] = "Erfolg.",
    [IDP_INVALID_REQUEST] = "Die Anfrage ist fehlerhaft, oder eine Angabe fehlt oder "
                            "steht doppelt.",
    [IDP_INVALID_CLIENT] = "Das Programm ist unbekannt oder hat sich nicht ausgewiesen.",
    [IDP_INVALID_GRANT] = "Code oder Token ist unbekannt, verbraucht, widerrufen, von einem "
                          "anderen Programm oder an einen Schlüssel gebunden, den niemand zeigt.",
    [IDP_UNAUTHORIZED_CLIENT] = "Das Programm darf diesen Weg nicht benutzen.",
    [IDP_UNSUPPORTED_GRANT_TYPE] = "Der Server bietet diesen Weg nicht an.",
    [IDP_INVALID_SCOPE] = "Der Umfang ist fehlerhaft oder größer als erlaubt.",
    [IDP_ACCESS_DENIED] = "Die Anfrage wurde abgelehnt.",
    [IDP_AUTHORIZATION_PENDING] = "Die Anfrage ist noch nicht zugelassen.",
    [IDP_SLOW_DOWN] = "Das Gerät hat zu schnell wieder gefragt.",
    [IDP_EXPIRED_TOKEN] = "Der Code ist abgelaufen. Beginnen Sie am Gerät von vorn.",
    [IDP_INVALID_TARGET] = "Nach diesem Dienst darf das Programm nicht fragen.",
    [IDP_INVALID_TOKEN] = "Das Token ist fehlerhaft, abgelaufen oder widerrufen.",
    [IDP_INVALID_DPOP_PROOF] = "Der Nachweis des Schlüssels fehlt oder passt nicht.",
    [IDP_USE_DPOP_NONCE] = "Der Nachweis des Schlüssels braucht den Wert aus DPoP-Nonce.",
    [IDP_UNSUPPORTED_RESPONSE_TYPE] = "Diese Art der Antwort gibt es hier nicht.",
    [IDP_INVALID_REDIRECT_URI] = "Diese Rücksprungadresse ist für das Programm unbekannt.",
    [IDP_CONSENT_REQUIRED] = "Sie müssten gefragt werden, und das Programm erlaubt es nicht.",
    [IDP_INVALID_USER_CODE] = "Der Code ist nicht bekannt oder nicht mehr gültig. Prüfen Sie "
                              "ihn, oder lassen Sie das Gerät einen neuen zeigen.",
    [IDP_TOO_MANY_ATTEMPTS] = "Es waren zu viele falsche Codes. Warten Sie vor dem nächsten "
                              "Versuch.",
    [IDP_TOO_MANY_CODES] = "Von dieser Adresse kamen zu viele unbekannte Codes.",
    [IDP_TOO_MANY_FAILURES] = "Von dieser Adresse kamen zu viele falsche Ausweise des Programms.",
    [IDP_ALREADY_DECIDED] = "Diese Anfrage ist schon zugelassen oder abgelehnt, und dabei bleibt "
                            "es.",
    [IDP_CONFIRMATION_REQUIRED] = "Der Code kam mit einem Link: Bestätigen Sie, dass das Gerät "
                                  "denselben zeigt.",
    [IDP_CODES_EXHAUSTED] = "Es ist kein Code mehr frei.",
    [IDP_INVALID_KEY_DOCUMENT] = "Das Dokument enthält keine Schlüssel.",
    [IDP_LOGIN_REQUIRED] = "Sie sind nicht angemeldet. Melden Sie sich zuerst an.",
    [IDP_FORGED_REQUEST] = "Die Anfrage kommt nicht von einer Seite dieses Servers, oder Ihre "
                           "Sitzung hat inzwischen geendet. Versuchen Sie es hier noch einmal.",
    [IDP_NOT_FOUND] = "Unter dieser Adresse ist nichts.",
    [IDP_METHOD_NOT_ALLOWED] = "Diese Adresse nimmt keine solche Anfrage an.",
    [IDP_CONTENT_TOO_LARGE] = "Die Anfrage ist zu groß.",
    [IDP_SERVER_ERROR] = "Der Server konnte die Anfrage nicht ausführen.",
    [IDP_TEMPORARILY_UNAVAILABLE] = "Der Server ist ausgelastet. Versuchen Sie es später.",
};

const struct idp_language idp_language_de = {"de", strings, errors};
