e1 init shop --sample && cd shop             # a git repository with forms, routes, reports, a small organisation, sample letters
e1 import                                    # letters from a Maildir become inquiries
n=$(e1 register inquiries kind=training name='ООО «Ромашка»' inn=7707083893 phone='8 (495) 123-45-67')
e1 tasks --all                               # the routes have given people tasks, with deadlines
e1 --as petrova advance $n/1 accepted        # the route moves on; accepting registers the client, linked both ways
e1 show CLI-000001
e1 calendar --week
e1 report works-by-manager
e1 lint                                      # clean; a broken route is shown with its line
git status && git log && git fsck            # an ordinary, clean repository all the time
