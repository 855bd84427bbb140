"""The console under `/console/`: pages rendered here, for merchants who are logged in.

A click is answered as a call of the API is: a table of routes, guards before each, a view that says what is shown.

    routes.py      the table of all routes, from the `ROUTES` of each module in `screens/`
    route.py       what a line of it says; `show`, `done` and `refused` are the three ways to answer
    blueprint.py   the guards (login, role, CSRF), the headers, what every template may use
    desk.py        what a view gets: the handles, the person, the shop's settings as just read
    sessions.py    logins: a record in the store, a cookie that names it
    language.py    English in the code, French in `translations/fr/*.po`, one catalogue per screen
    shown.py       filters for times and figures: `{{ change.at | at }}`, `{{ reach | share }}`

A screen is added in six edits; `screens/audit.py` is a short one to look at.

1. `screens/NAME.py`: views and `ROUTES = (Route("GET", "/NAME", view, Role.VIEWER), …)`. A view takes the `Desk` and
   the parts of the path, and returns `show("NAME.html", …)`; a form's view does its work and returns
   `done(_("What was done."), "view to show")` or `refused(…)`. A form with wrong fields is shown again with
   `show(…, status=400, errors={field id: message})`.
2. `templates/console/NAME.html`: extends `console/base.html`, fills `title` and `main`, begins with `parts.heading`
   (the one h1). Forms of method POST hold `{{ token() }}`. No script or style stands in a page: the policy that the
   browser is given refuses both; what is new goes into `static/console.css`.
3. `routes.py`: the module's name. `navigation.py`: its entry, if it has one.
4. Texts are English in `_("…")`, `ngettext`, or `_l("…")` for constants; `translations/fr/NAME.po` says them in French
   (a test names those that are missing, and those that nobody says any more).
5. `tests/api/test_roles.py`: one line per route, saying which role may.
6. `tests/browser/test_console.py`: its address in SCREENS, for axe, keyboard and screenshots.

Two people before one form: put what was seen into it (`tag_of(settings)`), change with a precondition, and answer
`Stale` with the form as the other person left it; see `service.pages.change`.
"""
