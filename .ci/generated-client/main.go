// Calls a server through a client that was generated from its OpenAPI document: an action that is allowed, one that waits for a person, and one that is
// refused. It prints what it got as a line each, and exits 1 where something is not as the document says.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"countersign"
	"golang.org/x/oauth2/clientcredentials"
)

func main() {
	server := os.Getenv("SERVER")
	credentials := clientcredentials.Config{
		ClientID:     os.Getenv("CLIENT_ID"),
		ClientSecret: os.Getenv("CLIENT_SECRET"),
		TokenURL:     server + "/oauth/token",
	}
	configuration := countersign.NewConfiguration()
	configuration.Servers = countersign.ServerConfigurations{{URL: server}}
	actions := countersign.NewAPIClient(configuration).ActionsAPI
	ctx := context.WithValue(context.Background(), countersign.ContextOAuth2, credentials.TokenSource(context.Background()))

	read := countersign.NewProposalRequest("crm.get_order")
	read.SetArguments(map[string]interface{}{"id": "A-17"})
	allowed, _, err := actions.Propose(ctx).ProposalRequest(*read).IdempotencyKey("generated-1").Execute()
	must(err)
	if allowed.Decision != "allow" || allowed.Grant.Get() == nil || allowed.Reason.Code != "read_in_scope" {
		fail("it was not allowed", allowed)
	}
	fmt.Println("allowed", allowed.Reason.Code)
	reported, _, err := actions.ReportOutcome(ctx, allowed.Id).Outcome(*countersign.NewOutcome(allowed.Grant.Get().Token, "succeeded")).Execute()
	must(err)
	fmt.Println("reported", reported.Status)

	isolate := countersign.NewProposalRequest("edr.isolate_host")
	isolate.SetArguments(map[string]interface{}{"host": "fin-1"})
	isolate.SetResource(*countersign.NewResource("host", "fin-1"))
	held, _, err := actions.Propose(ctx).ProposalRequest(*isolate).Execute()
	must(err)
	if held.Decision != "hold" || held.Approval.Get() == nil || held.Grant.Get() != nil {
		fail("it was not held", held)
	}
	fmt.Println("held", held.Approval.Get().Status)
	for held.Status == "held" {
		held, _, err = actions.ReadAction(ctx, held.Id).Wait("25").Question("none").Execute()
		must(err)
	}
	fmt.Println("answered", held.Status)
	claimed, _, err := actions.ClaimGrant(ctx, held.Id).Execute()
	must(err)
	fmt.Println("claimed", claimed.Grant.Get() != nil && claimed.Grant.Get().ExpiresAt.After(time.Now()))
	ended, _, err := actions.ReportOutcome(ctx, held.Id).Outcome(*countersign.NewOutcome(claimed.Grant.Get().Token, "failed")).Execute()
	must(err)
	fmt.Println("reported", ended.Status)

	problem := refused(actions.Propose(ctx).ProposalRequest(*countersign.NewProposalRequest("not a tool")).Execute())
	fmt.Println("refused", problem.Status, problem.Code, problem.GetField())
	problem = refused(actions.ReadAction(ctx, "act_00000000000000000000000000000000").Execute())
	fmt.Println("refused", problem.Status, problem.Code)
}

// refused is the problem that an error carries, as the document types it.
func refused(_ *countersign.Action, _ interface{}, err error) countersign.Problem {
	var generic *countersign.GenericOpenAPIError
	if !errors.As(err, &generic) {
		fail("it was not refused", err)
	}
	// this generator decodes application/json by itself, and leaves application/problem+json to the program
	var problem countersign.Problem
	if json.Unmarshal(generic.Body(), &problem) != nil || problem.Title == "" {
		fail("the refusal is not of its type", string(generic.Body()))
	}
	return problem
}

func must(err error) {
	if err == nil {
		return
	}
	var generic *countersign.GenericOpenAPIError
	if errors.As(err, &generic) {
		fail(err.Error(), string(generic.Body()))
	}
	fail(err.Error(), nil)
}

func fail(what string, about interface{}) {
	text, _ := json.Marshal(about)
	fmt.Fprintln(os.Stderr, what, string(text))
	os.Exit(1)
}
