# SPDX-License-Identifier: MIT
"""The graph of a service: much that stays, full of cycles, and requests that come and go."""


class Team:
    def __init__(self, name):
        self.name = name
        self.users = []


class User:
    def __init__(self, number, team):
        self.number = number
        self.team = team
        self.settings = {"theme": number % 3, "tags": [number, number + 1]}
        self.sessions = []
        team.users.append(self)


class Session:
    def __init__(self, user):
        self.user = user
        self.log = []
        user.sessions.append(self)


class Request:
    def __init__(self, session, number):
        self.session = session
        self.number = number
        self.response = None


class Response:
    def __init__(self, request):
        self.request = request
        self.body = {"status": 200, "items": [request.number] * 3}
        request.response = self


teams = [Team(f"team {number}") for number in range(100)]
users = [User(number, teams[number % 100]) for number in range(100_000)]
sessions = [Session(user) for user in users if user.number % 3 == 0]
for number in range(300_000):
    session = sessions[number % len(sessions)]
    response = Response(Request(session, number))
    if number % 7 == 0:
        session.log.append((number, response.body["status"]))
    if number % 50 == 0:
        session.user.sessions.remove(session)
        sessions[number % len(sessions)] = Session(session.user)
print(len(users), sum(len(session.log) for session in sessions) > 0)
